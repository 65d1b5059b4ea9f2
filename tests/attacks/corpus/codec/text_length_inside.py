# problem: probe
# verdict: passed
# why: The candidate sees the same characters as the test.
# test: assert candidate("\ud800\udc00") == 2
# test: assert candidate("\U00010000") == 1
def f(value):
    return len(value)
