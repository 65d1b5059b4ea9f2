# problem: add
# verdict: syntax_error
# why: A block header that would take the test for its body.
def add(a, b):
    return 0


if False:
