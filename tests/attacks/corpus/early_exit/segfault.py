# problem: add
# verdict: crashed | runtime_error
# why: Reads address zero.
import ctypes


def add(a, b):
    return ctypes.string_at(0)
