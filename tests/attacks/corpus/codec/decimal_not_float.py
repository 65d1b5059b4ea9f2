# problem: probe
# verdict: wrong_answer
# why: Decimal("0.1") is not the float 0.1.
# test: assert candidate() == 0.1
from decimal import Decimal


def f():
    return Decimal("0.1")
