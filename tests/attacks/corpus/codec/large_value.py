# problem: probe
# verdict: passed
# why: A large value within the limit, there and back.
# test: value = list(range(100_000))
# test: assert candidate(value) == value
# test: assert candidate("x" * 1_000_000) == "x" * 1_000_000
def f(value):
    return value
