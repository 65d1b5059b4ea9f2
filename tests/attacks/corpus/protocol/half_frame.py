# problem: add
# verdict: wrong_answer | runtime_error | crashed | exited | timed_out | output_limit
# why: The beginning of a frame, then silence.
# unsafe: true
# limits: tight
import os
import struct
import time


def add(a, b):
    for fd in range(3, 256):
        for frame in (struct.pack(">I", 1000) + b"x", struct.pack("<I", 1000) + b"x"):
            try:
                os.write(fd, frame)
            except OSError:
                break
    time.sleep(3600)
