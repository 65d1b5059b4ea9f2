# problem: add
# verdict: wrong_answer | timed_out
# why: Waits for a lock that it holds.
# limits: tight
import threading

lock = threading.Lock()
lock.acquire()


def add(a, b):
    with lock:
        return 0
