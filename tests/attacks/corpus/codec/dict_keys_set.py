# problem: probe
# verdict: passed
# why: A keys view equals a set of the keys.
# test: assert candidate() == {"a", "b"}
def f():
    return {"a": 1, "b": 2}.keys()
