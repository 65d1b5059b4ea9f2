# problem: add
# verdict: runtime_error | wrong_answer
# why: Warnings are exceptions too.
def add(a, b):
    raise DeprecationWarning("passed")
