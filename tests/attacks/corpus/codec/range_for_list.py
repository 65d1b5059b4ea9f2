# problem: probe
# verdict: wrong_answer
# why: A range where a list is expected.
# test: assert candidate() == [0, 1, 2]
def f():
    return range(3)
