# problem: add
# verdict: wrong_answer | runtime_error | crashed | exited | output_limit | timed_out
# why: One byte at a time, so that a reader with a per-read time-out never tires.
# unsafe: true
# limits: tight
import os
import time


def add(a, b):
    while True:
        for fd in range(3, 16):
            try:
                os.write(fd, b"\x00")
            except OSError:
                pass
        time.sleep(0.01)
