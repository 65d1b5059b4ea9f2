# problem: probe
# verdict: wrong_answer
# why: A set where a list is expected.
# test: assert candidate() == [1, 2]
def f():
    return {1, 2}
