# problem: add
# verdict: runtime_error | wrong_answer | exited
# why: str() of the exception raises SystemExit.
class Odd(Exception):
    def __str__(self):
        raise SystemExit(0)

    __repr__ = __str__


def add(a, b):
    raise Odd
