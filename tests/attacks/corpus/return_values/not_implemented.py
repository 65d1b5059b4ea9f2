# problem: add
# verdict: wrong_answer | runtime_error
# why: NotImplemented changes how == is decided when it comes from a comparison.
def add(a, b):
    return NotImplemented
