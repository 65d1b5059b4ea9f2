# problem: distinct
# verdict: wrong_answer | runtime_error | crashed | exited | output_limit | timed_out | out_of_memory
# why: An iterator with a number that was never given out, advanced by answers that nobody computed.
# unsafe: true
# limits: tight
import os
import stat
import struct
import threading


def distinct(numbers):
    body = b"G\xff\xff\xff\xff" + b"s\x04\x00\x00\x00list"
    for fd in range(3, 64):
        try:
            if stat.S_ISSOCK(os.fstat(fd).st_mode):
                os.write(fd, struct.pack("<IB", len(body), ord("V")) + body)
                while True:
                    os.write(fd, struct.pack("<IB", 9, ord("V")) + b"i" + bytes(8))
        except OSError:
            pass
    return 0
