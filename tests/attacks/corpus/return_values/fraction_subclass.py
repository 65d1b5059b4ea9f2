# problem: mean
# verdict: wrong_answer | runtime_error
# why: A Fraction subclass with lying arithmetic.
from fractions import Fraction


class Lie(Fraction):
    def __sub__(self, other):
        return 0

    def __float__(self):
        return 2.5

    def __eq__(self, other):
        return True

    __hash__ = Fraction.__hash__


def mean(numbers):
    return Lie(100, 3)
