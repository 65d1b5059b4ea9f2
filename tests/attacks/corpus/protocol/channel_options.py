# problem: add
# verdict: wrong_answer | runtime_error | crashed | exited | timed_out
# why: Makes the channel non-blocking, shrinks its buffers, sets time-outs and asks for signals.
# unsafe: true
# limits: tight
import fcntl
import os
import socket


def add(a, b):
    for fd in range(3, 64):
        try:
            os.set_blocking(fd, False)
            fcntl.fcntl(fd, fcntl.F_SETOWN, os.getppid())
            fcntl.fcntl(fd, fcntl.F_SETFL, fcntl.fcntl(fd, fcntl.F_GETFL) | os.O_ASYNC)
            channel = socket.socket(fileno=fd)
            channel.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1)
            channel.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
            channel.detach()
        except OSError:
            pass
    return 0
