# problem: add
# verdict: wrong_answer | runtime_error | crashed | blocked | timed_out
# why: Stops its parent so that nobody reaps and no time-out fires.
# unsafe: true
# limits: tight
import os
import signal


def add(a, b):
    for pid in {1, os.getppid(), -os.getpgrp()}:
        if pid not in {0, os.getpid()}:
            try:
                os.kill(pid, signal.SIGSTOP)
            except OSError:
                pass
    return None
