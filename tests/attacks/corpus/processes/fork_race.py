# problem: add
# verdict: wrong_answer
# why: Children that fork and exit as fast as they can, to outrun the killer.
# unsafe: true
import os


def add(a, b):
    try:
        if os.fork() == 0:
            os.setsid()
            while True:
                try:
                    if os.fork():
                        os._exit(0)
                except OSError:
                    pass
    except OSError:
        pass
    return None
