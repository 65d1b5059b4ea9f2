# problem: add
# verdict: timed_out | exited | wrong_answer
# why: The process that is watched ends at once; an orphan burns far more CPU than is allowed and answers rightly.
# unsafe: true
# limits: tight
import os
import time

try:
    if os.fork():
        os._exit(0)
except OSError:
    pass


def add(a, b):
    end = time.process_time() + 0.5
    while time.process_time() < end:
        pass
    return a + b
