# problem: add
# verdict: wrong_answer | timed_out
# why: Clocks that stand still, so that no time ever passes.
# limits: tight
import time

for name in ("time", "perf_counter", "monotonic", "process_time", "thread_time"):
    setattr(time, name, lambda: 0.0)
    setattr(time, name + "_ns", lambda: 0)


def add(a, b):
    while True:
        pass
