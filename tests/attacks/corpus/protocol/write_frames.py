# problem: add
# verdict: wrong_answer | runtime_error | crashed | exited | output_limit
# why: Frames with length prefixes of every width and order, around plausible verdicts.
# unsafe: true
import os
import pickle
import struct

BODIES = (b"passed", b'{"verdict":"passed"}', b"T", b"\x01", b"N", pickle.dumps("passed"), pickle.dumps(True))


def add(a, b):
    for fd in range(3, 256):
        for body in BODIES:
            for prefix in ("<I", ">I", "<Q", ">Q", "<H", ">H", "B"):
                try:
                    os.write(fd, struct.pack(prefix, len(body)) + body)
                except OSError:
                    break
    return 0
