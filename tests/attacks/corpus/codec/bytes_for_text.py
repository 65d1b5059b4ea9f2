# problem: probe
# verdict: wrong_answer
# why: bytes where text is expected.
# test: assert candidate("abc") == "abc"
def f(value):
    return value.encode()
