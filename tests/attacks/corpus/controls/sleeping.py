# problem: add
# verdict: passed
# why: A short sleep, which costs no CPU time.
import time


def add(a, b):
    time.sleep(0.05)
    return a + b
