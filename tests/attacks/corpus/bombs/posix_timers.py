# problem: add
# verdict: wrong_answer | runtime_error | blocked
# why: POSIX timers without end through the C library.
def add(a, b):
    try:
        import ctypes
        library = ctypes.CDLL(None)
        timer = ctypes.c_void_p()
        for _ in range(10_000):
            if library.timer_create(1, None, ctypes.byref(timer)):
                break
    except Exception:
        pass
    return 0
