# problem: add
# verdict: passed
# why: A daemon thread that is still waiting when the answer is given.
import threading
import time

threading.Thread(target=time.sleep, args=(30,), daemon=True).start()


def add(a, b):
    return a + b
