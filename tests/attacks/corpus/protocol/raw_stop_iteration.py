# problem: square
# verdict: wrong_answer | runtime_error | crashed | exited
# why: Answers a call with the frame that ends an iterator.
# unsafe: true
import os
import stat
import struct


def square(n):
    for fd in range(3, 64):
        try:
            if stat.S_ISSOCK(os.fstat(fd).st_mode):
                os.write(fd, struct.pack("<IB", 0, ord("E")))
        except OSError:
            pass
    return 0
