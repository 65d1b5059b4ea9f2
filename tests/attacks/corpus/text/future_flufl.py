# problem: add
# verdict: wrong_answer | syntax_error
# why: A __future__ import that changes what != means for text compiled with it.
from __future__ import barry_as_FLUFL


def add(a, b):
    return 0
