"""Install a seccomp filter in this process. Both sides load this, so it needs only the standard library."""

import ctypes
import struct

__all__ = ["OWN_NUMBER", "install_filter", "leave_no_dump"]

# Stands in a program's filter for the number of the process that installs it.
OWN_NUMBER = struct.pack("<I", 0x7EEEEEEE)


def leave_no_dump() -> None:
    """Have the kernel write no core dump of this process and those it will fork.

    A limit on their size does not: where dumps go to a program of the machine's, it runs whatever the limit.
    """
    set_dumpable = 4
    ctypes.CDLL(None).prctl(set_dumpable, 0, 0, 0, 0)


def install_filter(instructions: bytes) -> None:
    """Install a seccomp filter, given as an array of `struct sock_filter`."""
    text = ctypes.create_string_buffer(instructions, len(instructions))
    program = ctypes.create_string_buffer(struct.pack("@HP", len(instructions) // 8, ctypes.addressof(text)))
    set_seccomp, mode_filter = 22, 2
    if ctypes.CDLL(None).prctl(set_seccomp, mode_filter, program, 0, 0):
        raise OSError("the kernel refused the seccomp filter")
