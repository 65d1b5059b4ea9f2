# problem: probe
# verdict: wrong_answer
# why: Fraction(1, 10) is not the float 0.1.
# test: assert candidate() == 0.1
from fractions import Fraction


def f():
    return Fraction(1, 10)
