# problem: add
# verdict: wrong_answer | runtime_error | crashed | exited
# why: A recursion limit so low that the machinery trips over it.
import sys


def add(a, b):
    try:
        sys.setrecursionlimit(10)
    except RecursionError:
        sys.setrecursionlimit(40)
    return 0
