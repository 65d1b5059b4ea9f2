# problem: add
# verdict: wrong_answer | runtime_error | crashed | exited
# why: The child answers, then the parent answers otherwise.
# unsafe: true
import os
import time


def add(a, b):
    try:
        if os.fork():
            time.sleep(0.05)
            return None
    except OSError:
        return None
    return 0
