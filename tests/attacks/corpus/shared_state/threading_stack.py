# problem: add
# verdict: wrong_answer | runtime_error | crashed | out_of_memory | timed_out
# why: Recursion without end in a thread with a tiny stack.
# limits: tight
import sys
import threading

sys.setrecursionlimit(10**8)
threading.stack_size(32 * 1024)


def dive(n):
    return dive(n + 1)


def add(a, b):
    thread = threading.Thread(target=dive, args=(0,))
    thread.start()
    thread.join()
    return 0
