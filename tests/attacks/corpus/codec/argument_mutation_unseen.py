# problem: probe
# verdict: wrong_answer
# why: A change to the argument stays with the candidate; in one process the test would see it.
# test: value = [3, 1]
# test: candidate(value)
# test: assert value == [1, 3]
# in-process: passed
def f(value):
    value.sort()
