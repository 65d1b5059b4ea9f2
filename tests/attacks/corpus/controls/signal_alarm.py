# problem: add
# verdict: passed
# why: An alarm of its own, used properly.
import signal


def add(a, b):
    signal.signal(signal.SIGALRM, signal.default_int_handler)
    signal.alarm(5)
    total = a + b
    signal.alarm(0)
    return total
