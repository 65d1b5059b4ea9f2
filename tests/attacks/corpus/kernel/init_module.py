# problem: add
# verdict: blocked
# why: A kernel module.
# unsafe: true
def add(a, b):
    import ctypes
    ctypes.CDLL(None).syscall(175, 0, 0, b"")
    return 0
