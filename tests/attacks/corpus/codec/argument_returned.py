# problem: probe
# verdict: passed
# why: The argument itself comes back, equal to what was sent.
# test: value = [[1], {"a": (2,)}]
# test: assert candidate(value) == value
def f(value):
    return value
