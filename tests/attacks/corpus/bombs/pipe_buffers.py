# problem: add
# verdict: wrong_answer | runtime_error
# why: Kernel memory in pipe and socket buffers.
# unsafe: true
import os
import socket

keep = []


def add(a, b):
    try:
        while True:
            one, two = os.pipe()
            keep.append(one)
            os.set_blocking(two, False)
            os.write(two, b"\x01" * 65536)
    except OSError:
        pass
    try:
        while True:
            keep.append(socket.socketpair())
    except OSError:
        pass
    for fd in range(3, 4096):
        if fd in keep:
            os.close(fd)
    return None
