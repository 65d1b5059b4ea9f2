# problem: add
# verdict: wrong_answer | runtime_error | blocked | out_of_memory
# why: Memory in an anonymous file, which no address-space limit counts.
# unsafe: true
import os


def add(a, b):
    try:
        fd = os.memfd_create("x")
        for _ in range(4096):
            os.write(fd, b"\x01" * (1 << 20))
    except (OSError, AttributeError):
        pass
    return None
