# problem: add
# verdict: syntax_error
# why: A return at module level.
def add(a, b):
    return 0


return 5
