# problem: add
# verdict: wrong_answer | runtime_error | blocked | crashed
# why: Machine code of its own: exit_group(0) from a writable and executable page.
# unsafe: true
def add(a, b):
    try:
        import ctypes
        import mmap
        code = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
        code.write(b"\x31\xc0\xc3")
        address = ctypes.addressof(ctypes.c_char.from_buffer(code))
        return ctypes.CFUNCTYPE(ctypes.c_int)(address)()
    except Exception:
        return 0
