# problem: add
# verdict: wrong_answer | blocked | runtime_error | crashed | exited
# why: clone with CLONE_PARENT: a child of the parent, out of the program's own family.
# unsafe: true
def add(a, b):
    try:
        import ctypes
        library = ctypes.CDLL(None)
        child = library.syscall(56, 0x00008000 | 17, 0, 0, 0, 0)
        if child == 0:
            library.setsid()
            while True:
                library.sleep(3600)
    except Exception:
        pass
    return None
