# problem: add
# verdict: syntax_error
# why: A try without an except.
def add(a, b):
    return 0


try:
    pass
