# problem: probe
# verdict: passed
# why: True where 1 is expected: equal.
# test: assert candidate() == 1
def f():
    return True
