# problem: probe
# verdict: wrong_answer
# why: A reversed object never equals a list.
# test: assert candidate() == [2, 1]
def f():
    return reversed([1, 2])
