# problem: add
# verdict: wrong_answer | runtime_error | crashed
# why: Uses up every descriptor and keeps them.
# unsafe: true
import os

keep = []


def add(a, b):
    try:
        while True:
            keep.append(os.dup(0))
    except OSError:
        return None
