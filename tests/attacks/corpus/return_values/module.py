# problem: add
# verdict: wrong_answer | runtime_error
# why: A module as the value.
import sys


def add(a, b):
    return sys
