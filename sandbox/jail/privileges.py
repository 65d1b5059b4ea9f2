"""Giving up what a jailed process does not need: capabilities, the right to gain any, and spare limits."""

import os
import resource
import struct

from sandbox.jail import libc, syscalls

__all__ = ["become", "drop_capabilities", "limit"]

_CAPABILITY_VERSION_3 = 0x20080522
_LAST_CAPABILITY = 63


def become(uid: int, gid: int) -> None:
    """Take this user and group for good; groups are dropped where the namespace allows it."""
    if os.getuid() != uid or os.getgid() != gid:
        os.setgroups([])
        os.setresgid(gid, gid, gid)
        os.setresuid(uid, uid, uid)


def drop_capabilities() -> None:
    """Give up every capability, in every set, and the right to gain any by executing a file."""
    for capability in range(_LAST_CAPABILITY + 1):
        try:
            libc.prctl(libc.PR_CAPBSET_DROP, capability)
        except OSError:
            break  # the kernel knows no capability of this number, and so none above it
    libc.prctl(libc.PR_CAP_AMBIENT, libc.PR_CAP_AMBIENT_CLEAR_ALL)
    header = struct.pack("<Ii", _CAPABILITY_VERSION_3, 0)
    libc.syscall(syscalls.numbers()["capset"], header, bytes(24))
    libc.prctl(libc.PR_SET_NO_NEW_PRIVS, 1)


def limit(**limits: int) -> None:
    """Set resource limits by their lower-case names (`nofile=256`), hard and soft alike."""
    for name, value in limits.items():
        kind = getattr(resource, f"RLIMIT_{name.upper()}")
        hard = resource.getrlimit(kind)[1]
        allowed = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (allowed, allowed))
