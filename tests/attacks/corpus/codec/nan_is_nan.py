# problem: probe
# verdict: passed
# why: NaN crosses and does not equal itself.
# test: import math
# test: x = candidate(math.nan)
# test: assert x != x and math.isnan(x)
def f(value):
    return value if value != value else 0.0
