# problem: add
# verdict: wrong_answer | runtime_error | timed_out
# why: As many empty files as there can be.
# unsafe: true
# limits: tight
import os


def add(a, b):
    try:
        for n in range(200_000):
            os.close(os.open(f"/tmp/{n}", os.O_CREAT | os.O_WRONLY))
    except OSError:
        return None
    return None
