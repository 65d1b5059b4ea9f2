# problem: add
# verdict: wrong_answer | runtime_error | timed_out | crashed
# why: Every process makes two.
# unsafe: true
# limits: tight
import os


def add(a, b):
    while True:
        try:
            os.fork()
        except OSError:
            pass
