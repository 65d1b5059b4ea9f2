# problem: probe
# verdict: passed
# why: Floats keep every bit, the sign of zero and the infinities.
# test: import math
# test: for x in (0.1, -0.0, 5e-324, 1.7976931348623157e308, math.inf, -math.inf):
# test:     assert candidate(x).hex() == x.hex()
# test: assert math.copysign(1, candidate(-0.0)) == -1.0
def f(value):
    return value
