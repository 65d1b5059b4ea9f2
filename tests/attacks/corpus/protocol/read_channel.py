# problem: add
# verdict: wrong_answer | runtime_error | crashed | exited | timed_out
# why: Blocks on a read from the channel, taking the judge's next request.
# unsafe: true
# limits: tight
import os


def add(a, b):
    for fd in range(3, 256):
        try:
            os.read(fd, 65536)
        except OSError:
            pass
    return 0
