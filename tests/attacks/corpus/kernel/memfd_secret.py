# problem: add
# verdict: blocked | wrong_answer
# why: Secret memory.
# unsafe: true
def add(a, b):
    import ctypes
    ctypes.CDLL(None).syscall(447, 0)
    return 0
