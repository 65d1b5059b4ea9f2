# problem: probe
# verdict: wrong_answer
# why: A tuple where a list is expected.
# test: assert candidate([1, 2]) == [1, 2]
def f(value):
    return tuple(value)
