# problem: add
# verdict: runtime_error | wrong_answer | crashed
# why: Exception groups nested a thousand deep.
def add(a, b):
    error = ValueError("x")
    for _ in range(1_000):
        error = ExceptionGroup("x", [error])
    raise error
