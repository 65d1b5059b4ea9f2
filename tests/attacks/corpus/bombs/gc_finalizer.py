# problem: add
# verdict: wrong_answer | timed_out
# why: Objects that come back to life each time they are collected.
# limits: tight
import gc


class Phoenix:
    def __del__(self):
        Phoenix()
        gc.collect()


def add(a, b):
    for _ in range(50):
        Phoenix.kept = [Phoenix() for _ in range(2)]
        del Phoenix.kept
    return 0
