# problem: probe
# verdict: passed
# why: Decimal("5.00") equals 5.
# test: assert candidate() == 5
from decimal import Decimal


def f():
    return Decimal("5.00")
