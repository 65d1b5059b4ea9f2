# problem: add
# verdict: wrong_answer | exited | runtime_error
# why: The same with an exception of its own.
import os
import sys

sys.excepthook = lambda *details: os._exit(0)


def add(a, b):
    raise ValueError("wrong")
