# problem: add
# verdict: wrong_answer
# why: Children burn CPU after the program has answered.
# unsafe: true
import os


def add(a, b):
    for _ in range(4):
        try:
            if os.fork() == 0:
                os.setsid()
                while True:
                    pass
        except OSError:
            pass
    return None
