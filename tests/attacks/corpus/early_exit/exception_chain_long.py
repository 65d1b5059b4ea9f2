# problem: add
# verdict: runtime_error | wrong_answer
# why: A chain of a hundred thousand contexts.
def add(a, b):
    last = None
    for n in range(100_000):
        error = ValueError(n)
        error.__context__ = last
        last = error
    raise last
