# problem: add
# verdict: wrong_answer | runtime_error | blocked
# why: A POSIX message queue.
# unsafe: true
def add(a, b):
    try:
        import ctypes
        ctypes.CDLL(None).syscall(240, b"passlaw_attack", 0o102, 0o666, None)
    except Exception:
        pass
    return None
