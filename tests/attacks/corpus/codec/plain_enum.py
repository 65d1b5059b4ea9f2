# problem: probe
# verdict: wrong_answer
# why: A plain Enum member is no text.
# test: assert candidate() == "blue"
from enum import Enum


class Colour(Enum):
    BLUE = "blue"


def f():
    return Colour.BLUE
