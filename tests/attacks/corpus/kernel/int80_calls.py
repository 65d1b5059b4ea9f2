# problem: add
# verdict: wrong_answer | blocked | runtime_error | crashed
# why: 32-bit system calls through int 0x80, whose numbers mean other calls.
# unsafe: true
def add(a, b):
    try:
        import ctypes
        import mmap
        code = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
        # push rbx; mov eax, 21 (mount); xor ebx, ebx; xor ecx, ecx; xor edx, edx; int 0x80; pop rbx; ret
        code.write(b"\x53\xb8\x15\x00\x00\x00\x31\xdb\x31\xc9\x31\xd2\xcd\x80\x5b\xc3")
        address = ctypes.addressof(ctypes.c_char.from_buffer(code))
        ctypes.CFUNCTYPE(ctypes.c_int)(address)()
    except Exception:
        pass
    return None
