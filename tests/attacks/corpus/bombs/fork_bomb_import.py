# problem: add
# verdict: wrong_answer | runtime_error | timed_out | crashed | exited
# why: The same before the entry point exists.
# unsafe: true
# limits: tight
import os

while True:
    try:
        os.fork()
    except OSError:
        break


def add(a, b):
    return None
