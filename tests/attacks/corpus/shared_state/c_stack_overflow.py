# problem: add
# verdict: wrong_answer | runtime_error | crashed | out_of_memory | timed_out
# why: Recursion in C, through repr and comparison of deep structures.
# limits: tight
import sys

sys.setrecursionlimit(10**8)


def add(a, b):
    deep = []
    for _ in range(10**6):
        deep = [deep]
    repr(deep)
    return deep == [deep]
