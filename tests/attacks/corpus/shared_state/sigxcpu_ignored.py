# problem: add
# verdict: wrong_answer | timed_out
# why: Handles SIGXCPU, raises the soft limit and goes on.
# limits: tight
import resource
import signal

signal.signal(signal.SIGXCPU, lambda *details: None)
signal.pthread_sigmask(signal.SIG_BLOCK, set(signal.Signals))
try:
    soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (hard, hard))
except (OSError, ValueError):
    pass


def add(a, b):
    while True:
        pass
