# problem: probe
# verdict: wrong_answer
# why: A map object never equals a list.
# test: assert candidate() == [1, 2]
def f():
    return map(int, "12")
