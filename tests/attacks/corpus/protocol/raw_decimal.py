# problem: add
# verdict: wrong_answer | runtime_error | crashed | exited | output_limit | timed_out | out_of_memory
# why: A Decimal of four million digits.
# unsafe: true
# limits: tight
import os
import stat
import struct
import time


def add(a, b):
    digits = b"9" * 4_000_000
    body = b"D" + struct.pack("<I", len(digits)) + digits
    for fd in range(3, 64):
        try:
            if stat.S_ISSOCK(os.fstat(fd).st_mode):
                frame = struct.pack("<IB", len(body), ord("V")) + body
                while frame:
                    frame = frame[os.write(fd, frame):]
        except OSError:
            pass
    time.sleep(3600)
