# problem: probe
# verdict: wrong_answer
# why: A list where a tuple is expected.
# test: assert candidate((1, 2)) == (1, 2)
def f(value):
    return list(value)
