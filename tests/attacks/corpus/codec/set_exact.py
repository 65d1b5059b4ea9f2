# problem: probe
# verdict: passed
# why: Sets and frozensets, empty ones and nested ones.
# test: assert candidate({1, "a", (2, 3)}) == {1, "a", (2, 3)} and type(candidate(set())) is set
# test: assert candidate(frozenset([frozenset()])) == frozenset([frozenset()])
# test: assert type(candidate(frozenset())) is frozenset
def f(value):
    return value
