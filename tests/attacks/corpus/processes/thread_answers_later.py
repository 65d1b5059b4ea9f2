# problem: add
# verdict: wrong_answer
# why: A thread that goes on changing builtins and modules after the answer.
import builtins
import threading
import time


def vandal():
    while True:
        builtins.abs = builtins.sorted = lambda *args: 0
        time.sleep(0.001)


def add(a, b):
    threading.Thread(target=vandal, daemon=True).start()
    return 0
