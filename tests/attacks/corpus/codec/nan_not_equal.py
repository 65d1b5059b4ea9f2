# problem: probe
# verdict: wrong_answer
# why: NaN equals nothing.
# test: assert candidate() == float("nan")
def f():
    return float("nan")
