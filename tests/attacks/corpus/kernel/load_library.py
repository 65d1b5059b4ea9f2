# problem: add
# verdict: wrong_answer | runtime_error | blocked | crashed
# why: Loads a library of its own making from the scratch directory.
# unsafe: true
def add(a, b):
    try:
        import ctypes
        with open("/tmp/x.so", "wb") as handle:
            handle.write(b"\x7fELF" + bytes(1000))
        ctypes.CDLL("/tmp/x.so")
    except Exception:
        pass
    return None
