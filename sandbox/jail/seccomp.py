"""A seccomp filter assembled from the policy: an allow-list, a kill-list, and a few calls judged by argument.

The filter is a classic BPF program over `struct seccomp_data` (see seccomp(2)): number at offset 0,
architecture at 4, arguments as pairs of 32-bit halves from 16. It is plain bytes, so that the process which
installs it needs nothing but the C library.
"""

import errno
import os
import platform
import signal
import struct
from collections.abc import Iterable

from sandbox.jail import syscalls

__all__ = ["NEW_NAMESPACES", "build_filter", "build_lean_filter", "build_lone_filter"]

_LOAD, _JUMP_EQ, _JUMP_GE, _JUMP_SET, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _ERRNO, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_NUMBER, _ARCH, _ARGUMENT = 0, 4, 16
_X32_BIT = 0x40000000

# Every CLONE_NEW* flag: time, mount, cgroup, uts, ipc, user, pid and network namespaces.
NEW_NAMESPACES = 0x7E020080
_AF_UNIX = 1
_THREAD = 0x10000  # CLONE_THREAD
_OF_OTHERS = (
    "fork", "vfork", "tkill", "prctl", "seccomp", "setpgid", "setsid",
    "chmod", "fchmod", "fchmodat", "utime", "utimes", "utimensat", "futimesat",
)  # fmt: skip
_OF_TEMPLATE = (
    "recvmsg",
    "wait4",
    "rt_sigprocmask",
    "set_robust_list",
    "set_tid_address",
    "rseq",
    "gettid",
    "getpid",
)
_OWNERS = (8, 10, 15)  # fcntl: F_SETOWN, F_SETSIG, F_SETOWN_EX
# Whether it is a terminal, bytes waiting, blocking or not, close on exec or not: what Python's own I/O asks.
_IOCTLS = (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)


def build_filter(
    allow: Iterable[str], kill: Iterable[str], machine: str = "", *, first_exposed: bool = False
) -> bytes:
    """Return the filter as an array of `struct sock_filter`.

    Args:
        allow: system calls that may be made. `clone`, `socketpair`, `ioctl` and `prlimit64` are judged by
            their arguments as well: no new namespaces, local sockets only, terminal and blocking-mode
            requests only, the caller's own limits only.
        kill: system calls that end the process.
        machine: as `platform.machine()` names it; by default this one.
        first_exposed: whether the first process of the jail can be killed from within, as in gVisor and
            unlike on Linux. Signals to it then do nothing, as they do there, and nothing can be set up that
            would send it one.
    """
    machine = machine or platform.machine()
    known = syscalls.numbers(machine)
    refuse = _answer(_ERRNO | errno.EPERM)
    by_argument = {
        "clone": [_load(_ARGUMENT), _jump(_JUMP_SET, NEW_NAMESPACES, 0, 1), refuse, _answer(_ALLOW)],
        "socketpair": [_load(_ARGUMENT), _jump(_JUMP_EQ, _AF_UNIX, 1, 0), refuse, _answer(_ALLOW)],
        "prlimit64": [_load(_ARGUMENT), _jump(_JUMP_EQ, 0, 1, 0), refuse, _answer(_ALLOW)],
        "ioctl": [_load(_ARGUMENT + 8), *_any_of(_IOCTLS), refuse],
        "clone3": [_answer(_ERRNO | errno.ENOSYS)],
    }
    if first_exposed:
        by_argument |= _sparing_the_first(refuse)
    program = [
        _load(_ARCH),
        _jump(_JUMP_EQ, syscalls.AUDIT_ARCH[machine], 1, 0),
        _answer(_KILL),
        _load(_NUMBER),
        *([_jump(_JUMP_GE, _X32_BIT, 0, 1), _answer(_KILL)] if machine == "x86_64" else []),
    ]
    for name, steps in by_argument.items():
        if name in known:
            program += [_jump(_JUMP_EQ, known[name], 0, len(steps)), *steps]
    plain = sorted(known[name] for name in allow if name in known and name not in by_argument)
    deadly = sorted(known[name] for name in kill if name in known)
    for number in plain:
        program += [_jump(_JUMP_EQ, number, 0, 1), _answer(_ALLOW)]
    for number in deadly:
        program += [_jump(_JUMP_EQ, number, 0, 1), _answer(_KILL)]
    program.append(refuse)
    return b"".join(program)


def build_lone_filter(own_number: int, machine: str = "") -> bytes:
    """Return a second filter, for a program that no namespace encloses: it refuses what reaches others.

    The process may start threads, not processes; it may signal itself alone, and has nothing else do so; it
    may not change the owner, mode, times or attributes of files, which Landlock leaves to the file's owner;
    and it may install no further filter.

    Args:
        own_number: stands for the number of the process, to be replaced before the filter is installed.
        machine: as `platform.machine()` names it; by default this one.
    """
    machine = machine or platform.machine()
    known = syscalls.numbers(machine)
    refuse, allow = _answer(_ERRNO | errno.EPERM), _answer(_ALLOW)
    to_itself = [_load(_ARGUMENT), _jump(_JUMP_EQ, own_number, 1, 0), refuse, allow]
    by_argument = {
        "clone": [_load(_ARGUMENT), _jump(_JUMP_SET, _THREAD, 1, 0), refuse, allow],
        "kill": to_itself,
        "tgkill": to_itself,
        "fcntl": [_load(_ARGUMENT + 8), *_any_of(_OWNERS, refuse), allow],
        **{name: [refuse] for name in _OF_OTHERS},
    }
    program = [_load(_NUMBER)]
    for name, steps in by_argument.items():
        if name in known:
            program += [_jump(_JUMP_EQ, known[name], 0, len(steps)), *steps]
    return b"".join([*program, allow])


def build_lean_filter(allow: Iterable[str], machine: str = "", *, forks: bool = False) -> bytes:
    """Return a filter for a program that computes and does nothing else: every other call ends the process.

    Args:
        allow: system calls that may be made, whatever their arguments.
        machine: as `platform.machine()` names it; by default this one.
        forks: whether it is installed once, in the template, and handed on to what that forks, for the kernel
            takes longer to install a filter than to fork. It then allows what the template needs as well: to
            fork, which a program cannot because it may have no process more (RLIMIT_NPROC), to kill and to
            wait.
    """
    machine = machine or platform.machine()
    known = syscalls.numbers(machine)
    kill, may = _answer(_KILL), _answer(_ALLOW)
    of_template = {
        "clone": [_load(_ARGUMENT), _jump(_JUMP_SET, NEW_NAMESPACES, 0, 1), kill, may],
        "kill": [_load(_ARGUMENT + 8), _jump(_JUMP_EQ, signal.SIGKILL, 1, 0), kill, may],
        "prlimit64": [_load(_ARGUMENT), _jump(_JUMP_EQ, 0, 1, 0), kill, may],
        **{name: [may] for name in _OF_TEMPLATE},
    }
    # Of a text that is no Python, the compiler wants to show a line from the file it is named after: there is
    # none. Whatever else opens a file asks for it to be closed on execution.
    absent = [_load(_ARGUMENT + 16), _jump(_JUMP_EQ, os.O_RDONLY, 0, 1), _answer(_ERRNO | errno.ENOENT), kill]
    program = [
        _load(_ARCH),
        _jump(_JUMP_EQ, syscalls.AUDIT_ARCH[machine], 1, 0),
        kill,
        _load(_NUMBER),
        *(_jump(_JUMP_EQ, known["openat"], 0, len(absent)), *absent),
    ]
    for name, steps in (of_template if forks else {}).items():
        if name in known:
            program += [_jump(_JUMP_EQ, known[name], 0, len(steps)), *steps]
    for number in sorted(known[name] for name in allow if name in known):
        program += [_jump(_JUMP_EQ, number, 0, 1), may]
    return b"".join([*program, kill])


def _sparing_the_first(refuse: bytes) -> dict[str, list[bytes]]:
    """Judge the calls by which one process can signal another, so that number 1 is out of reach.

    A signal to every process (-1) spares it anyway. One to the sender's group (0) need not.
    """
    allow, nothing = _answer(_ALLOW), _answer(_ERRNO)
    to_process = [_load(_ARGUMENT), _jump(_JUMP_EQ, 1, 0, 1), nothing]
    return {
        "kill": [*to_process, _jump(_JUMP_EQ, 0, 0, 1), refuse, allow],
        "tkill": [*to_process, allow],
        "tgkill": [*to_process, allow],
        "fcntl": [_load(_ARGUMENT + 8), *_any_of(_OWNERS, refuse), allow],
    }


def _any_of(values: tuple[int, ...], then: bytes = b"") -> list[bytes]:
    steps = []
    for value in values:
        steps += [_jump(_JUMP_EQ, value, 0, 1), then or _answer(_ALLOW)]
    return steps


def _instruction(code: int, if_true: int, if_false: int, operand: int) -> bytes:
    return struct.pack("<HBBI", code, if_true, if_false, operand)


def _load(offset: int) -> bytes:
    return _instruction(_LOAD, 0, 0, offset)


def _jump(code: int, operand: int, if_true: int, if_false: int) -> bytes:
    return _instruction(code, if_true, if_false, operand)


def _answer(action: int) -> bytes:
    return _instruction(_RETURN, 0, 0, action)
