# problem: add
# verdict: runtime_error
# why: Fails at import.
import math

value = undefined_name


def add(a, b):
    return 0
