# problem: probe
# verdict: passed
# why: Ranges stay ranges.
# test: assert candidate(range(2, 10, 3)) == range(2, 10, 3)
# test: assert list(candidate(range(3))) == [0, 1, 2]
# test: assert len(candidate(range(10**30))) == 10**30 if False else True
def f(value):
    return value
