# problem: add
# verdict: wrong_answer | runtime_error | crashed
# why: A sparse file of an exabyte, and fallocate.
# unsafe: true
import os


def add(a, b):
    try:
        fd = os.open("/tmp/sparse", os.O_RDWR | os.O_CREAT)
        for size in (1 << 60, 1 << 40, 1 << 33):
            for grow in (lambda: os.ftruncate(fd, size), lambda: os.posix_fallocate(fd, 0, size)):
                try:
                    grow()
                except OSError:
                    pass
    except OSError:
        pass
    return None
