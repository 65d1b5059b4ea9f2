# problem: add
# verdict: wrong_answer | timed_out
# why: Uses no CPU time at all.
# limits: tight
import time


def add(a, b):
    while True:
        time.sleep(3600)
