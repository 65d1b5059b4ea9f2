# problem: add
# verdict: wrong_answer | runtime_error | crashed | exited
# why: The process that was started ends at once; a grandchild goes on answering.
# unsafe: true
import os


def add(a, b):
    try:
        if os.fork():
            os._exit(0)
    except OSError:
        pass
    return 0
