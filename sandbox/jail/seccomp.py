"""A seccomp filter assembled from the policy: an allow-list, a kill-list, and a few calls judged by argument.

The filter is a classic BPF program over `struct seccomp_data` (see seccomp(2)): number at offset 0,
architecture at 4, arguments as pairs of 32-bit halves from 16. It is plain bytes, so that the process which
installs it needs nothing but the C library.
"""

import errno
import platform
import signal
import struct
from collections.abc import Iterable

from sandbox.jail import syscalls

__all__ = ["NEW_NAMESPACES", "build_filter", "build_lean_filter", "build_single_process_filter"]

_LOAD, _AND, _JUMP_EQ, _JUMP_GE, _JUMP_SET, _RETURN = 0x20, 0x54, 0x15, 0x35, 0x45, 0x06
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
    "recvmsg", "wait4", "rt_sigprocmask", "set_robust_list", "set_tid_address", "rseq", "gettid", "getpid",
)  # fmt: skip
# SOCK_STREAM, with or without SOCK_CLOEXEC and SOCK_NONBLOCK. A datagram socket could send to the path of any
# socket that can be seen, unconnected.
_STREAM, _STREAM_FLAGS = 1, 0x80800
_OUT_OF_BAND = 1  # MSG_OOB, of no use between two ends in one program, and a source of kernel bugs
_HUGE_PAGES = 0x40000  # MAP_HUGETLB: from the machine's reserve, which no limit of ours counts
# Duplicates, flags, and asking. Not: leases and notes, which make others wait or watch them; owners and
# signals; larger pipes, of which a user has a fixed number of pages in all.
_FCNTL = (
    0, 1, 2, 3, 4,  # F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_SETFL
    5, 9, 1030, 1032,  # F_GETLK, F_GETOWN, F_DUPFD_CLOEXEC, F_GETPIPE_SZ
)  # fmt: skip
_LOCKS = (6, 7, 37, 38)  # F_SETLK, F_SETLKW, F_OFD_SETLK, F_OFD_SETLKW
# What concerns the caller's own memory. Not: MERGEABLE (the kernel's thread compares pages for it), COLD and
# PAGEOUT (which reach the interpreter's files in the page cache), HWPOISON and SOFT_OFFLINE.
_MADVISE = (
    0, 1, 2, 3, 4, 8, 9, 10, 11,  # NORMAL to DONTNEED, FREE, REMOVE, DONTFORK, DOFORK
    14, 15, 16, 17, 18, 19, 22, 23, 102, 103,  # huge pages, dumps, WIPEONFORK, POPULATE, guard pages
)  # fmt: skip
# Whether it is a terminal, bytes waiting, blocking or not, close on exec or not: what Python's own I/O asks.
_IOCTLS = (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)


def build_filter(
    allow: Iterable[str],
    kill: Iterable[str],
    pretend: Iterable[str] = (),
    unsupported: Iterable[str] = (),
    *,
    machine: str = "",
    protect_pid_1: bool = False,
) -> bytes:
    """Return the filter as an array of `struct sock_filter`.

    Args:
        allow: system calls that may be made. Some are judged by their arguments as well, whether they are
            listed or not; `policy.toml` says which, and what of them is let through.
        kill: system calls that end the process.
        pretend: system calls that are not made, and answered as if they had succeeded.
        unsupported: system calls that are not made, and answered with EOPNOTSUPP.
        machine: as `platform.machine()` names it; by default this one.
        protect_pid_1: whether the first process of the jail can be killed from within, as in gVisor and
            unlike on Linux. Signals to it then do nothing, as they do there, and nothing can be set up that
            would send it one.
    """
    machine = machine or platform.machine()
    known = syscalls.numbers(machine)
    refuse, permit = _answer(_ERRNO | errno.EPERM), _answer(_ALLOW)
    by_argument = {
        "clone": [_load(_ARGUMENT), _jump(_JUMP_SET, NEW_NAMESPACES, 0, 1), refuse, permit],
        "socketpair": [
            _load(_ARGUMENT), _jump(_JUMP_EQ, _AF_UNIX, 1, 0), refuse,
            _load(_ARGUMENT + 8), _mask(~_STREAM_FLAGS), _jump(_JUMP_EQ, _STREAM, 1, 0), refuse, permit,
        ],
        "sendto": [
            _load(_ARGUMENT + 24), _jump(_JUMP_SET, _OUT_OF_BAND, 0, 1), refuse,
            *_only_zero(_ARGUMENT + 32, refuse), *_only_zero(_ARGUMENT + 36, refuse), permit,
        ],
        "mmap": [_load(_ARGUMENT + 24), _jump(_JUMP_SET, _HUGE_PAGES, 0, 1), refuse, permit],
        "madvise": [_load(_ARGUMENT + 16), *_any_of(_MADVISE), _answer(_ERRNO | errno.EINVAL)],
        "fcntl": [_load(_ARGUMENT + 8), *_any_of(_FCNTL), *_any_of(_LOCKS, _answer(_ERRNO)), refuse],
        "prlimit64": [*_only_zero(_ARGUMENT, refuse), permit],
        "ioctl": [_load(_ARGUMENT + 8), *_any_of(_IOCTLS), refuse],
        "clone3": [_answer(_ERRNO | errno.ENOSYS)],
        **{name: [_answer(_ERRNO)] for name in pretend},
        **{name: [_answer(_ERRNO | errno.EOPNOTSUPP)] for name in unsupported},
    }  # fmt: skip
    if protect_pid_1:
        by_argument |= _pid_1_rules(refuse)
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


def build_single_process_filter(own_number: int, machine: str = "") -> bytes:
    """Return a second filter, for a program that no namespace encloses: it refuses what reaches others.

    The process may start threads, not processes; it may signal itself alone; it may not change the owner,
    mode, times or attributes of files, which Landlock leaves to the file's owner; and it may install no
    further filter.

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
    # To quote the line of a syntax error, Python asks the C library for `<candidate>`, without the flag that
    # its own `open` always has.
    absent = [_load(_ARGUMENT + 16), _jump(_JUMP_EQ, 0, 1, 0), kill, _answer(_ERRNO | errno.ENOENT)]
    by_argument = {"openat": absent}
    of_template = {
        "clone": [_load(_ARGUMENT), _jump(_JUMP_SET, NEW_NAMESPACES, 0, 1), kill, may],
        "kill": [_load(_ARGUMENT + 8), _jump(_JUMP_EQ, signal.SIGKILL, 1, 0), kill, may],
        "prlimit64": [_load(_ARGUMENT), _jump(_JUMP_EQ, 0, 1, 0), kill, may],
        **{name: [may] for name in _OF_TEMPLATE},
    }
    program = [_load(_ARCH), _jump(_JUMP_EQ, syscalls.AUDIT_ARCH[machine], 1, 0), kill, _load(_NUMBER)]
    for name, steps in (by_argument | (of_template if forks else {})).items():
        if name in known:
            program += [_jump(_JUMP_EQ, known[name], 0, len(steps)), *steps]
    for number in sorted(known[name] for name in allow if name in known):
        program += [_jump(_JUMP_EQ, number, 0, 1), may]
    return b"".join([*program, kill])


def _pid_1_rules(refuse: bytes) -> dict[str, list[bytes]]:
    """Judge the calls by which one process can signal another, so that number 1 is out of reach.

    A signal to every process (-1) spares it anyway. One to the sender's group (0) need not.
    """
    allow, nothing = _answer(_ALLOW), _answer(_ERRNO)
    to_process = [_load(_ARGUMENT), _jump(_JUMP_EQ, 1, 0, 1), nothing]
    return {
        "kill": [*to_process, _jump(_JUMP_EQ, 0, 0, 1), refuse, allow],
        "tkill": [*to_process, allow],
        "tgkill": [*to_process, allow],
    }


def _any_of(values: tuple[int, ...], then: bytes = b"") -> list[bytes]:
    steps = []
    for value in values:
        steps += [_jump(_JUMP_EQ, value, 0, 1), then or _answer(_ALLOW)]
    return steps


def _only_zero(offset: int, otherwise: bytes) -> list[bytes]:
    return [_load(offset), _jump(_JUMP_EQ, 0, 1, 0), otherwise]


def _instruction(code: int, if_true: int, if_false: int, operand: int) -> bytes:
    return struct.pack("<HBBI", code, if_true, if_false, operand)


def _load(offset: int) -> bytes:
    return _instruction(_LOAD, 0, 0, offset)


def _mask(bits: int) -> bytes:
    return _instruction(_AND, 0, 0, bits & 0xFFFFFFFF)


def _jump(code: int, operand: int, if_true: int, if_false: int) -> bytes:
    return _instruction(code, if_true, if_false, operand)


def _answer(action: int) -> bytes:
    return _instruction(_RETURN, 0, 0, action)
