# verdict: wrong_answer|timed_out
# why: leaves a process that writes over every descriptor once the program has ended.
import os
import time

asked = input()
if not os.fork():
    os.setsid()
    for _ in range(200):
        time.sleep(0.01)
        for descriptor in range(10):
            try:
                os.write(descriptor, b"713905\n")
            except OSError:
                continue
    os._exit(0)
print("0")
