# problem: add
# verdict: runtime_error | wrong_answer
# why: A chain of causes that is a ring.
def add(a, b):
    one, two = ValueError("one"), ValueError("two")
    one.__cause__, two.__cause__ = two, one
    one.__context__, two.__context__ = two, one
    raise one
