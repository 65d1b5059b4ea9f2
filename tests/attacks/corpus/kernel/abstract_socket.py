# problem: add
# verdict: wrong_answer
# why: A name in the abstract socket space, kept by a daemon.
# unsafe: true
import os
import socket
import time


def add(a, b):
    try:
        server = socket.socket(socket.AF_UNIX)
        server.bind("\0passlaw_attack")
        server.listen()
        if os.fork() == 0:
            os.setsid()
            time.sleep(3600)
    except OSError:
        pass
    return None
