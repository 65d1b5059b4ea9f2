# problem: add
# verdict: wrong_answer | runtime_error | crashed | blocked | exited
# why: Kills its process group and session.
# unsafe: true
import os
import signal


def add(a, b):
    for group in {0, os.getpgrp(), os.getsid(0)}:
        try:
            os.killpg(group, signal.SIGKILL)
        except OSError:
            pass
    return None
