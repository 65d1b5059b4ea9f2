# problem: add
# verdict: runtime_error | wrong_answer
# why: An exception class called `object`, which cannot be raised when made again.
object_error = type("object", (Exception,), {})


def add(a, b):
    raise object_error()
