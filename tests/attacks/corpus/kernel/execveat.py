# problem: add
# verdict: blocked | wrong_answer | crashed
# why: Runs a program by descriptor.
# unsafe: true
def add(a, b):
    import ctypes
    ctypes.CDLL(None).syscall(322, -1, b"", 0, 0, 4096)
    return 0
