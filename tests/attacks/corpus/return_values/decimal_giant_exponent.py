# problem: add
# verdict: wrong_answer | runtime_error | timed_out | out_of_memory
# why: A Decimal of a few bytes that is a billion digits long once it is converted.
from decimal import Decimal


def add(a, b):
    return Decimal("1e999999999999999999")
