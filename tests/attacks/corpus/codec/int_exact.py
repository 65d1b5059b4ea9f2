# problem: probe
# verdict: passed
# why: Integers of every size, in both directions.
# test: for n in (0, -1, 255, 2**31, -2**63, 2**64, 10**4000, -(10**4000)):
# test:     assert candidate(n) == n and type(candidate(n)) is int
def f(value):
    return value
