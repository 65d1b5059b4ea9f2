# problem: add
# verdict: wrong_answer
# why: Non-daemon threads that never end.
# unsafe: true
import threading
import time


def add(a, b):
    for _ in range(4):
        try:
            threading.Thread(target=time.sleep, args=(3600,)).start()
        except RuntimeError:
            break
    return None
