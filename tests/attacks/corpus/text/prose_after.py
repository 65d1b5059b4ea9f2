# problem: add
# verdict: syntax_error
# why: Prose after the function, as chat models write it.
def add(a, b):
    return 0

This function returns the sum of its arguments.
