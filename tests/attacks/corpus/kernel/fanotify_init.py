# problem: add
# verdict: blocked | wrong_answer
# why: Watches the whole file system.
# unsafe: true
def add(a, b):
    import ctypes
    ctypes.CDLL(None).syscall(300, 0, 0)
    return 0
