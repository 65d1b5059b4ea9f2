# problem: add
# verdict: wrong_answer | timed_out
# why: Many threads wait for each other and for nothing.
# unsafe: true
# limits: tight
import threading


def spin():
    while True:
        pass


def add(a, b):
    for _ in range(6):
        threading.Thread(target=spin, daemon=True).start()
    while True:
        pass
