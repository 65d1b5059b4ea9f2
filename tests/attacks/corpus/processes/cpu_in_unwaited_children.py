# problem: add
# verdict: timed_out
# why: Children do the work within their own limits, pass the answer through a pipe, and are never waited for.
# unsafe: true
# limits: tight
import os
import time


def add(a, b):
    ours, theirs = os.pipe()
    if os.fork() == 0:
        end = time.process_time() + 0.35
        while time.process_time() < end:
            pass
        os.write(theirs, str(a + b).encode())
        os.close(theirs)
        time.sleep(60)
    return int(os.read(ours, 100))
