"""The few kernel calls that Python's standard library does not offer, through the C library."""

import ctypes
import os
import signal

__all__ = ["call", "fork_into_pid_namespace", "mount", "pivot_root", "prctl", "syscall", "umount", "unshare"]

_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_CAPBSET_DROP = 24
PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_CLEAR_ALL = 4

MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC = 1, 2, 4, 8
MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE = 0x20, 0x1000, 0x4000, 0x40000
MNT_DETACH = 2


def call(name: str, *arguments: object) -> int:
    """Call a C function; raise `OSError` naming it if it returns -1."""
    result: int = getattr(_libc, name)(*arguments)
    if result == -1:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")
    return result


def syscall(number: int, *arguments: object) -> int:
    """Make a system call by number; raise `OSError` if it returns -1."""
    wide = (ctypes.c_long(part) if isinstance(part, int) else part for part in arguments)
    return call("syscall", ctypes.c_long(number), *wide)


def unshare(flags: int) -> None:
    """Leave the namespaces that `flags` name for new ones."""
    call("unshare", flags)


def fork_into_pid_namespace() -> int:
    """Fork a child that is the first process of a new pid namespace; return its number, and 0 in the child.

    Unlike `unshare`, this leaves the namespace of later children as it is. The child has to execute another
    program soon: Python's own preparations for a fork are not made.
    """
    from sandbox.jail.syscalls import numbers  # noqa: PLC0415 - the table is not needed for anything else here

    return syscall(numbers()["clone"], 0x20000000 | signal.SIGCHLD, 0, 0, 0, 0)


def mount(source: str, target: str, kind: str = "", flags: int = 0, data: str = "") -> None:
    """Attach a file system, with the arguments of the system call."""
    call(
        "mount",
        source.encode(),
        target.encode(),
        kind.encode() or None,
        ctypes.c_ulong(flags),
        data.encode() or None,
    )


def umount(target: str, flags: int = 0) -> None:
    """Detach a file system; the arguments are those of umount2(2)."""
    call("umount2", target.encode(), flags)


def pivot_root(new_root: str, put_old: str) -> None:
    """Make `new_root` the root of this mount namespace."""
    from sandbox.jail.syscalls import numbers  # noqa: PLC0415 - the table is not needed for anything else here

    syscall(numbers()["pivot_root"], new_root.encode(), put_old.encode())


def prctl(option: int, *arguments: int) -> int:
    """Set or ask a property of this process, with the arguments of the system call."""
    padded = [ctypes.c_ulong(part) for part in (*arguments, 0, 0, 0, 0)[:4]]
    return call("prctl", option, *padded)
