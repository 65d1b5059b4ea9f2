# problem: add
# verdict: wrong_answer | runtime_error | crashed | exited | output_limit
# why: Sends a run of replies at import, before any call was asked.
# unsafe: true
import os

for fd in range(3, 256):
    for _ in range(100):
        try:
            os.write(fd, b"\x00\x00\x00\x02ok")
        except OSError:
            break


def add(a, b):
    return 0
