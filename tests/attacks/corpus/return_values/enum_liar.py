# problem: add
# verdict: wrong_answer | runtime_error
# why: An IntEnum member whose class lies about equality.
from enum import IntEnum


class Number(IntEnum):
    ZERO = 0

    def __eq__(self, other):
        return True

    __hash__ = int.__hash__


def add(a, b):
    return Number.ZERO
