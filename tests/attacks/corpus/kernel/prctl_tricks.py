# problem: add
# verdict: wrong_answer | blocked | runtime_error
# why: prctl: dumpable, child subreaper, parent death signal cleared, name changed, ambient capabilities.
# unsafe: true
def add(a, b):
    try:
        import ctypes
        library = ctypes.CDLL(None)
        library.prctl(4, 1, 0, 0, 0)
        library.prctl(36, 1, 0, 0, 0)
        library.prctl(1, 0, 0, 0, 0)
        library.prctl(15, b"judge", 0, 0, 0)
        for capability in range(41):
            library.prctl(47, 2, capability, 0, 0)
    except Exception:
        pass
    return None
