# problem: add
# verdict: blocked | wrong_answer
# why: System call number -1.
# unsafe: true
def add(a, b):
    import ctypes
    ctypes.CDLL(None).syscall(-1)
    return 0
