# problem: add
# verdict: wrong_answer | runtime_error | crashed | exited | output_limit | timed_out | out_of_memory
# why: A frame that announces as many bytes as a length can say.
# unsafe: true
# limits: tight
import os
import time


def add(a, b):
    for fd in range(3, 256):
        try:
            os.write(fd, b"\xff" * 16)
        except OSError:
            pass
    time.sleep(3600)
