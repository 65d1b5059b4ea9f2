# problem: probe
# verdict: runtime_error
# why: An exception that the test does not expect.
# test: assert candidate() == 1
def f():
    return 1 // 0
