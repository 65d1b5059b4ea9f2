# problem: add
# verdict: wrong_answer | runtime_error | crashed | exited | output_limit | timed_out
# why: Lengths that are negative or zero when read with a sign.
# unsafe: true
# limits: tight
import os
import struct


def add(a, b):
    for fd in range(3, 256):
        for length in (-1, -2**31, 0, 2**31 - 1):
            try:
                os.write(fd, struct.pack(">i", length))
            except OSError:
                break
    return 0
