# problem: add
# verdict: wrong_answer
# why: Datagrams to the paths of sockets that a machine has, without a connection.
# unsafe: true
import os
import socket

PATHS = ["/run/systemd/journal/socket", "/run/systemd/notify", "/dev/log", "/run/passlaw/control", "/var/run/docker.sock"]


def add(a, b):
    for kind in (socket.SOCK_DGRAM, socket.SOCK_SEQPACKET, socket.SOCK_STREAM):
        try:
            sock = socket.socketpair(type=kind)[0]
        except OSError:
            continue
        for path in [*PATHS, "\0passlaw_attack"]:
            for send in (
                lambda: sock.sendto(b"a + b", path),
                lambda: sock.sendmsg([b"a + b"], [], 0, path),
                lambda: sock.connect(path),
                lambda: sock.bind("/tmp/passlaw_attack"),
            ):
                try:
                    send()
                except OSError:
                    pass
    return os.getpid() * 0
