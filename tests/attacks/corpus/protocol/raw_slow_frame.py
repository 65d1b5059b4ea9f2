# problem: add
# verdict: wrong_answer | runtime_error | crashed | exited | timed_out
# why: A frame that arrives a byte at a time, always a little sooner than anyone gives up.
# unsafe: true
# limits: tight
import os
import stat
import struct
import time


def add(a, b):
    for fd in range(3, 64):
        try:
            if stat.S_ISSOCK(os.fstat(fd).st_mode):
                os.write(fd, struct.pack("<IB", 100_000, ord("V")) + b"s")
                while True:
                    os.write(fd, b"x")
                    time.sleep(0.05)
        except OSError:
            pass
    return 0
