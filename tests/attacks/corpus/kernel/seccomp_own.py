# problem: add
# verdict: wrong_answer | blocked | runtime_error | crashed
# why: Installs a filter of its own that makes every close and exit of children fail.
# unsafe: true
def add(a, b):
    try:
        import ctypes
        library = ctypes.CDLL(None)
        library.prctl(38, 1, 0, 0, 0)
        library.syscall(317, 1, 0, 0)
        library.prctl(22, 1, 0, 0, 0)
    except Exception:
        pass
    return None
