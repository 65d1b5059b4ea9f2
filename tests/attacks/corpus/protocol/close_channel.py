# problem: add
# verdict: wrong_answer | runtime_error | crashed | exited
# why: Closes every descriptor, the channel among them.
# unsafe: true
import os


def add(a, b):
    os.closerange(0, 256)
    return 0
