# problem: add
# verdict: wrong_answer | blocked | runtime_error | crashed
# why: System calls by their x32 numbers, which a careless filter lets through.
# unsafe: true
def add(a, b):
    try:
        import ctypes
        library = ctypes.CDLL(None)
        for number in (101, 165, 272, 41, 56):
            library.syscall(0x40000000 | number, 0, 0, 0, 0, 0, 0)
    except Exception:
        pass
    return None
