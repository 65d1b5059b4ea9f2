# problem: add
# verdict: wrong_answer | exited | crashed
# why: An alarm handler that leaves with status 0 in the middle of the test.
import os
import signal


def add(a, b):
    signal.signal(signal.SIGALRM, lambda *details: os._exit(0))
    signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
    return 0
