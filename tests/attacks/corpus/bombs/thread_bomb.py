# problem: add
# verdict: wrong_answer | runtime_error | crashed | out_of_memory
# why: Threads without end.
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
