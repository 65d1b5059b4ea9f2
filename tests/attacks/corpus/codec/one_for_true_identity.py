# problem: probe
# verdict: wrong_answer
# why: 1 where the test asks `is True`.
# test: assert candidate() is True
def f():
    return 1
