# problem: add
# verdict: exited | wrong_answer | timed_out
# why: Leaves sleeping children behind and exits at import.
# unsafe: true
# limits: tight
import os
import time

for _ in range(8):
    try:
        if os.fork() == 0:
            time.sleep(3600)
            os._exit(0)
    except OSError:
        break
os._exit(0)


def add(a, b):
    return None
