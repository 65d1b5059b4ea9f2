# problem: probe
# verdict: passed
# why: True and False come back as themselves.
# test: assert candidate(True) is True
# test: assert candidate(False) is False
# test: assert candidate(None) is None
def f(value):
    return value
