# problem: mean
# verdict: wrong_answer | runtime_error | crashed
# why: A Fraction with denominator zero, which the constructor would refuse.
from fractions import Fraction


def mean(numbers):
    forged = Fraction(1, 3)
    forged._denominator = 0
    return forged
