# problem: add
# verdict: wrong_answer
# why: A daemon in a session of its own that outlives the program.
# unsafe: true
import os
import time


def add(a, b):
    try:
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                for fd in range(64):
                    try:
                        os.close(fd)
                    except OSError:
                        pass
                while True:
                    time.sleep(1)
            os._exit(0)
    except OSError:
        pass
    return None
