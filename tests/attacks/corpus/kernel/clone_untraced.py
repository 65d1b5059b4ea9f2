# problem: add
# verdict: wrong_answer | blocked | runtime_error | crashed | exited
# why: A child with no exit signal, which a plain wait does not see.
# unsafe: true
def add(a, b):
    try:
        import ctypes
        library = ctypes.CDLL(None)
        child = library.syscall(56, 0, 0, 0, 0, 0)
        if child == 0:
            library.setsid()
            while True:
                library.sleep(3600)
    except Exception:
        pass
    return None
