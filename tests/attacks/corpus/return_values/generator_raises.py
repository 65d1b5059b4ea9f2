# problem: up_to
# verdict: wrong_answer | runtime_error
# why: A generator that raises in the middle.
def up_to(n):
    yield from range(1, n)
    raise ValueError("passed")
