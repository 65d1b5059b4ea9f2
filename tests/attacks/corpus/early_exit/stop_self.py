# problem: add
# verdict: crashed | runtime_error | timed_out | wrong_answer
# why: SIGSTOP to itself: no end, no CPU time, no reply.
# unsafe: true
# limits: tight
import os
import signal


def add(a, b):
    os.kill(os.getpid(), signal.SIGSTOP)
    return 0
