# problem: add
# verdict: wrong_answer | exited | runtime_error | crashed
# why: A destructor that leaves with status 0 when the value is let go.
import os


class Last:
    def __del__(self):
        os._exit(0)


def add(a, b):
    return Last()
