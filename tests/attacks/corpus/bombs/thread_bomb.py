# problem: add
# verdict: wrong_answer | runtime_error | crashed | out_of_memory | timed_out
# why: Threads without end; where memory ends first, the last one never says that it has started.
# unsafe: true
# limits: tight
import threading
import time


def add(a, b):
    while True:
        try:
            threading.Thread(target=time.sleep, args=(3600,), daemon=True).start()
        except RuntimeError:
            return None
