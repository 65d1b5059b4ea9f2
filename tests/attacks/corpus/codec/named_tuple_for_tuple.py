# problem: probe
# verdict: passed
# why: A namedtuple where a tuple is expected.
# test: assert candidate() == (1, 2)
from typing import NamedTuple


class Point(NamedTuple):
    x: int
    y: int


def f():
    return Point(1, 2)
