# problem: add
# verdict: wrong_answer | blocked | runtime_error | crashed | exited
# why: Writes an ELF file to the scratch directory and runs it.
# unsafe: true
import os
import struct


def add(a, b):
    # mov edi, 0; mov eax, 60; syscall
    code = b"\xbf\x00\x00\x00\x00\xb8\x3c\x00\x00\x00\x0f\x05"
    header = b"\x7fELF\x02\x01\x01" + bytes(9) + struct.pack("<HHIQQQIHHHHHH", 2, 62, 1, 0x400078, 64, 0, 0, 64, 56, 1, 0, 0, 0)
    segment = struct.pack("<IIQQQQQQ", 1, 5, 0, 0x400000, 0x400000, 120 + len(code), 120 + len(code), 4096)
    try:
        with open("/tmp/x", "wb") as handle:
            handle.write(header + segment + code)
        os.chmod("/tmp/x", 0o755)
        os.execv("/tmp/x", ["x"])
    except OSError:
        pass
    return None
