# problem: add
# verdict: crashed | runtime_error | exited
# why: SIGKILL to itself.
# unsafe: true
import os
import signal


def add(a, b):
    os.kill(os.getpid(), signal.SIGKILL)
