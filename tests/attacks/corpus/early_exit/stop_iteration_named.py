# problem: square
# verdict: runtime_error | wrong_answer
# why: The same by way of a subclass of StopIteration.
class Enough(StopIteration):
    pass


def square(n):
    raise Enough(n)
