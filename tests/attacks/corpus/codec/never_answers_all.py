# problem: probe
# verdict: passed
# why: A test that makes no call at all.
# test: assert True
def f():
    return None
