# problem: add
# verdict: wrong_answer | runtime_error
# why: Parent and child both go on and both answer every call.
# unsafe: true
import os


def add(a, b):
    try:
        os.fork()
    except OSError:
        pass
    return None
