# problem: add
# verdict: wrong_answer | runtime_error | crashed | exited | timed_out
# why: Closes the channel and stays alive.
# unsafe: true
# limits: tight
import os
import time


def add(a, b):
    os.closerange(0, 256)
    time.sleep(3600)
