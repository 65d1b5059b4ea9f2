# problem: add
# verdict: wrong_answer | runtime_error
# why: Comparing a signalling NaN raises inside whoever compares.
from decimal import Decimal


def add(a, b):
    return Decimal("sNaN")
