# problem: probe
# verdict: passed
# why: One object twice in a value arrives as two equal ones.
# test: inner = [1]
# test: assert candidate([inner, inner]) == [[1], [1]]
def f(value):
    return value
