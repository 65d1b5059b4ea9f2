# problem: add
# verdict: wrong_answer | runtime_error | crashed | out_of_memory | timed_out
# why: Recursion without end under a limit of a thousand million.
# limits: tight
import sys

sys.setrecursionlimit(10**9)


def add(a, b):
    return add(a, b)
