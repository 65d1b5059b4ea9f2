# problem: add
# verdict: wrong_answer | runtime_error
# why: Recursion without end under the usual limit.
def add(a, b):
    return add(b, a)
