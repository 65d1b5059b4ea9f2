# problem: add
# verdict: wrong_answer | runtime_error | crashed
# why: A Fraction whose parts were replaced by objects that equal everything.
from fractions import Fraction


class Everything:
    def __eq__(self, other):
        return True

    def __index__(self):
        return 5


def add(a, b):
    forged = Fraction(1, 3)
    forged._numerator = Everything()
    forged._denominator = Everything()
    return forged
