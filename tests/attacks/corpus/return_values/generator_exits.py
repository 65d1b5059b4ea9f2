# problem: up_to
# verdict: wrong_answer | runtime_error | exited
# why: A generator that leaves with status 0 when it is advanced.
def up_to(n):
    yield 1
    raise SystemExit(0)
