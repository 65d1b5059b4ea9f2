# problem: probe
# verdict: passed
# why: A str Enum member where text is expected.
# test: assert candidate() == "blue"
from enum import Enum


class Colour(str, Enum):
    BLUE = "blue"


def f():
    return Colour.BLUE
