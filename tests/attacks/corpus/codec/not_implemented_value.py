# problem: probe
# verdict: wrong_answer | runtime_error
# why: NotImplemented equals nothing the test names.
# test: assert candidate() == 0
def f():
    return NotImplemented
