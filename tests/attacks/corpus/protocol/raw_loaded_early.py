# problem: add
# verdict: wrong_answer | runtime_error | crashed | exited | output_limit
# why: Says that it is loaded, and answers, while it is still loading.
# unsafe: true
import os
import stat
import struct

for fd in range(3, 64):
    try:
        if stat.S_ISSOCK(os.fstat(fd).st_mode):
            os.write(fd, struct.pack("<IB", 0, ord("R")))
            for _ in range(8):
                os.write(fd, struct.pack("<IB", 1, ord("V")) + b"T")
    except OSError:
        pass


def add(a, b):
    return 0
