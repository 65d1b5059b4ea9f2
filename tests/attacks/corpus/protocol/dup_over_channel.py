# problem: add
# verdict: wrong_answer | runtime_error | crashed | exited | timed_out
# why: Puts a socket pair of its own where the channel was and talks to itself.
# unsafe: true
# limits: tight
import os
import socket
import threading


def add(a, b):
    try:
        mine, yours = socket.socketpair()
    except OSError:
        yours = None
    for fd in range(3, 64):
        try:
            os.fstat(fd)
        except OSError:
            continue
        if yours is not None and fd not in {mine.fileno(), yours.fileno()}:
            os.dup2(yours.fileno(), fd)
    if yours is not None:
        threading.Thread(target=lambda: [mine.sendall(b"passed") for _ in range(10)], daemon=True).start()
    return 0
