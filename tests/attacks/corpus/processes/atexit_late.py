# problem: add
# verdict: wrong_answer | exited
# why: An exit handler that hangs.
import atexit
import time


@atexit.register
def hang():
    while True:
        time.sleep(1)


def add(a, b):
    return 0
