# problem: probe
# verdict: passed
# why: A test that makes a list of what comes back accepts a generator.
# test: assert list(candidate()) == [0, 1, 2]
def f():
    yield from range(3)
