# problem: add
# verdict: wrong_answer | runtime_error | timed_out | crashed | exited
# why: A timer signal every microsecond, handled in Python.
# limits: tight
import signal

signal.signal(signal.SIGALRM, lambda *details: None)
signal.setitimer(signal.ITIMER_REAL, 1e-6, 1e-6)


def add(a, b):
    return 0
