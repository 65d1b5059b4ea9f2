# problem: probe
# verdict: wrong_answer
# why: An object of the candidate's own class equals nothing of the test's.
# test: assert candidate() == 5
class Five:
    pass


def f():
    return Five()
