# verdict: wrong_answer
# why: leaves a process without any descriptor, for what comes after.
import os
import time

asked = input()
if not os.fork():
    os.setsid()
    if os.fork():
        os._exit(0)
    os.closerange(0, 256)
    while True:
        time.sleep(0.01)
        try:
            os.kill(-1, 19)
        except OSError:
            pass
print("0")
