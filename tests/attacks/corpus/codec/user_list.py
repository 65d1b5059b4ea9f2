# problem: probe
# verdict: wrong_answer
# why: A UserList equals a list in one process; it is no builtin, so by value it is opaque.
# test: assert candidate() == [1, 2]
# in-process: passed
from collections import UserList


def f():
    return UserList([1, 2])
