# problem: probe
# verdict: wrong_answer
# why: A namedtuple where a list is expected.
# test: assert candidate() == [1, 2]
from collections import namedtuple

Point = namedtuple("Point", "x y")


def f():
    return Point(1, 2)
