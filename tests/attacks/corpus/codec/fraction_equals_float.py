# problem: probe
# verdict: passed
# why: Fraction(1, 2) equals 0.5 and adds like a number.
# test: assert candidate() == 0.5
# test: assert abs(candidate() - 0.5) < 1e-9
from fractions import Fraction


def f():
    return Fraction(1, 2)
