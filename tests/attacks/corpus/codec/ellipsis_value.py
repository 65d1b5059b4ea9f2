# problem: probe
# verdict: wrong_answer
# why: Ellipsis is not None.
# test: assert candidate() is None
def f():
    return ...
