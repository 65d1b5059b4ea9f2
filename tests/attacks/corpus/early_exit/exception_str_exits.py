# problem: add
# verdict: runtime_error | wrong_answer | exited
# why: str() of the exception leaves with status 0.
import os


class Odd(Exception):
    def __str__(self):
        os._exit(0)

    __repr__ = __str__


def add(a, b):
    raise Odd
