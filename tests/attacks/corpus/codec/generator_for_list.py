# problem: probe
# verdict: wrong_answer
# why: A generator never equals a list.
# test: assert candidate() == [0, 1, 2]
def f():
    return (n for n in range(3))
