# problem: add
# verdict: wrong_answer | runtime_error
# why: A builtin function as the value.
def add(a, b):
    return exit
