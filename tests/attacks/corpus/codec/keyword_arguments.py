# problem: probe
# verdict: passed
# why: Keyword arguments and defaults.
# test: assert candidate(1, c=3) == (1, 2, 3, {})
# test: assert candidate(a=1, extra=5) == (1, 2, 0, {"extra": 5})
def f(a, b=2, c=0, **rest):
    return a, b, c, rest
