# problem: probe
# verdict: passed
# why: 2.0 where 2 is expected.
# test: assert candidate() == 2
def f():
    return 2.0
