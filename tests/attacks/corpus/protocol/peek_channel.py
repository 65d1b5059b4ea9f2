# problem: add
# verdict: wrong_answer | runtime_error | crashed | exited | timed_out
# why: Peeks into the channel and at its peer's credentials.
# unsafe: true
# limits: tight
import socket


def add(a, b):
    for fd in range(3, 64):
        try:
            channel = socket.socket(fileno=fd)
            channel.recv(65536, socket.MSG_PEEK | socket.MSG_DONTWAIT)
            channel.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
            channel.detach()
        except OSError:
            pass
    return 0
