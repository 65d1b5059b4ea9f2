# problem: probe
# verdict: runtime_error | wrong_answer
# why: Decimal minus float raises TypeError in the test.
# test: assert abs(candidate() - 0.5) < 1e-9
from decimal import Decimal


def f():
    return Decimal("0.5")
