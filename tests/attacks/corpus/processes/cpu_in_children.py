# problem: add
# verdict: wrong_answer | timed_out
# why: Lets one child after another burn CPU below any single process's limit.
# unsafe: true
# limits: tight
import os
import time


def add(a, b):
    while True:
        try:
            child = os.fork()
        except OSError:
            return None
        if child == 0:
            end = time.process_time() + 0.1
            while time.process_time() < end:
                pass
            os._exit(0)
        os.waitpid(child, 0)
