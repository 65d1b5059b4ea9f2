# problem: add
# verdict: syntax_error
# why: Not a chance.
from __future__ import braces


def add(a, b):
    return 0
