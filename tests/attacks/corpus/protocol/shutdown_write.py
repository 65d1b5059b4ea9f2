# problem: add
# verdict: wrong_answer | runtime_error | crashed | exited
# why: Shuts one direction of the channel down.
# unsafe: true
import socket


def add(a, b):
    for fd in range(3, 256):
        for how in (socket.SHUT_WR, socket.SHUT_RD):
            try:
                socket.socket(fileno=fd).shutdown(how)
            except OSError:
                pass
    return 0
