# problem: add
# verdict: passed
# why: Deep but legal recursion under a raised limit.
import sys

sys.setrecursionlimit(20_000)


def depth(n):
    return 0 if n == 0 else 1 + depth(n - 1)


def add(a, b):
    return a + b if depth(8_000) == 8_000 else None
