# problem: add
# verdict: syntax_error
# why: An unclosed bracket that would swallow the test.
def add(a, b):
    return 0


items = [
