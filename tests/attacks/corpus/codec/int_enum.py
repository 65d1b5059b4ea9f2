# problem: probe
# verdict: passed
# why: An IntEnum member where an int is expected.
# test: assert candidate() == 2
# test: assert candidate() in {1, 2}
from enum import IntEnum


class Colour(IntEnum):
    RED = 1
    BLUE = 2


def f():
    return Colour.BLUE
