# problem: add
# verdict: blocked
# why: ptrace(PTRACE_TRACEME).
# unsafe: true
def add(a, b):
    import ctypes
    ctypes.CDLL(None).syscall(101, 0, 0, 0, 0)
    return 0
