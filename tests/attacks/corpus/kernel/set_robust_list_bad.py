# problem: add
# verdict: blocked | wrong_answer | crashed | exited | timed_out
# why: A robust list in unmapped memory, walked by the kernel at exit.
# unsafe: true
# limits: tight
def add(a, b):
    import ctypes
    ctypes.CDLL(None).syscall(273, 0x41414141, 24)
    return 0
