# problem: add
# verdict: blocked | wrong_answer
# why: A system call that does not exist.
# unsafe: true
def add(a, b):
    import ctypes
    ctypes.CDLL(None).syscall(9999)
    return 0
