# problem: probe
# verdict: passed
# why: An items view equals a set of pairs.
# test: assert candidate() == {("a", 1)}
def f():
    return {"a": 1}.items()
