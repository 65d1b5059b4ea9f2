# problem: add
# verdict: wrong_answer
# why: Leaves files, directories, links and pipes of all kinds in the scratch directory.
# unsafe: true
import os
import socket


def add(a, b):
    os.makedirs("/tmp/deep/" + "/".join("d" * 20 for _ in range(40)), exist_ok=True)
    for make in (
        lambda: os.symlink("/", "/tmp/root"),
        lambda: os.symlink("/tmp/loop", "/tmp/loop"),
        lambda: os.mkfifo("/tmp/fifo"),
        lambda: os.link("/tmp/deep", "/tmp/link"),
        lambda: os.mknod("/tmp/device", 0o20666, os.makedev(1, 8)),
        lambda: socket.socket(socket.AF_UNIX).bind("/tmp/socket"),
        lambda: open("/tmp/\udcff\n\x1b[31m", "w").close(),
        lambda: os.mkdir("/tmp/locked", 0),
        lambda: os.chmod("/tmp/deep", 0),
        lambda: os.chmod("/tmp", 0),
    ):
        try:
            make()
        except Exception:
            pass
    return None
