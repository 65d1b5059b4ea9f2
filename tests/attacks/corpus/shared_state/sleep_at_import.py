# problem: add
# verdict: wrong_answer | timed_out
# why: The same before the entry point exists.
# limits: tight
import threading

threading.Event().wait()


def add(a, b):
    return 0
