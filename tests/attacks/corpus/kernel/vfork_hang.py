# problem: add
# verdict: wrong_answer | blocked | runtime_error | crashed | timed_out | exited
# why: vfork: the parent cannot run, and cannot be stopped politely, until the child lets go.
# unsafe: true
# limits: tight
def add(a, b):
    try:
        import ctypes
        library = ctypes.CDLL(None)
        if library.syscall(58) == 0:
            while True:
                library.sleep(3600)
    except Exception:
        pass
    return None
