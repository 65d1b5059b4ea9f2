"""What a program may not do because it acts on things that others have, asked at every level."""

import fcntl
import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from tests_sandbox import ASK, opened_at, program, run_one

from sandbox import Check, Program, Verdict

Ask = Callable[[str], str]
_PRELUDE = """
import array, ctypes, errno, fcntl, mmap, os, socket
libc = ctypes.CDLL(None, use_errno=True)
libc.mmap.restype = libc.syscall.restype = ctypes.c_long
NOTHING = ctypes.c_void_p(None)
library = os.open(os.__file__, os.O_RDONLY)
folder = os.open(os.path.dirname(os.__file__), os.O_RDONLY)
def raw(name, *arguments):
    result = getattr(libc, name)(*arguments)
    if result == -1:
        raise OSError(ctypes.get_errno(), name)
    return result
def pair():
    return socket.socketpair()[0]
def rights():
    return [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [0]))]
def said(call):
    try:
        call()
    except OSError as error:
        return errno.errorcode[error.errno]
    return "done"
"""
# By what each would do. Numbers are those of x86_64 and of its headers.
_REFUSED = {
    "datagrams to the path of a socket": "socket.socketpair(type=socket.SOCK_DGRAM)",
    "records to the path of a socket": "socket.socketpair(type=socket.SOCK_SEQPACKET)",
    "a socket for the network": "socket.socketpair(socket.AF_INET)",
    "an address to send to": "pair().sendto(b'x', '/run/passlaw_attack')",
    "bytes out of band": "pair().send(b'x', socket.MSG_OOB)",
    "a message that may name an address": "pair().sendmsg([b'x'], [], 0, '/run/passlaw_attack')",
    "descriptors in flight": "pair().sendmsg([b'x'], rights())",
    "many messages": "raw('sendmmsg', pair().fileno(), NOTHING, 0, 0)",
    "a program for the kernel on a socket": "pair().setsockopt(socket.SOL_SOCKET, 26, bytes(16))",
    "a lease that others wait for": "fcntl.fcntl(library, fcntl.F_SETLEASE, fcntl.F_RDLCK)",
    "a lease to write": "fcntl.fcntl(library, fcntl.F_SETLEASE, fcntl.F_WRLCK)",
    "notes of what is read in a folder": "fcntl.fcntl(folder, fcntl.F_NOTIFY, fcntl.DN_ACCESS)",
    "an owner of signals": "fcntl.fcntl(1, fcntl.F_SETOWN, os.getpid())",
    "another signal": "fcntl.fcntl(1, 10, 9)",
    "a large pipe": "fcntl.fcntl(os.pipe()[0], 1031, 1 << 20)",
    "watching files": "raw('inotify_init1', 0)",
    "the disk written": "raw('syncfs', library)",
    "a file read ahead": "raw('readahead', library, 0, 4096)",
    "pages moved to a pipe": "raw('splice', library, NOTHING, os.pipe()[1], NOTHING, 4096, 0)",
    "memory given to a pipe": "raw('vmsplice', os.pipe()[1], NOTHING, 0, 0)",
    "a file of no folder": "raw('memfd_create', b'x', 0)",
    "memory kept from swap": "raw('mlockall', 1)",
    "the reserve of huge pages": "raw('mmap', NOTHING, 2 << 20, 3, 0x40022, -1, NOTHING)",
    "niceness": "os.setpriority(os.PRIO_USER, 0, 19)",
    "the order of reads": "raw('syscall', 251, 1, 0, 0)",
    "a core": "os.sched_setaffinity(0, {0})",
    "a scheduler": "os.sched_setscheduler(0, 3, os.sched_param(0))",
    "a limit of its parent": "raw('prlimit', os.getppid(), 7, NOTHING, bytes(16))",
    "memory on a node": "raw('syscall', 237, NOTHING, 0, 0, NOTHING, 0, 0)",
    "other cores interrupted": "raw('syscall', 324, 1, 0)",
    "what others have read": "raw('mincore', NOTHING, 4096, NOTHING)",
    "work of the kernel's in the background": "raw('syscall', 206, 1, NOTHING)",
    "a terminal's input": "fcntl.ioctl(0, 0x5412, b'x')",
    "flags of a file": "fcntl.ioctl(library, 0x40086602, bytes(8))",
    "a queue": "raw('syscall', 240, b'/passlaw_attack', 66, 384, NOTHING)",
    "an attribute of a file": "os.setxattr(os.__file__, 'user.x', b'')",
}  # fmt: skip
# madvise answers as a kernel does that does not know the advice.
_UNKNOWN = {
    "pages compared with others'": "raw('madvise', NOTHING, 0, 12)",
    "pages made cold": "raw('madvise', NOTHING, 0, 20)",
    "pages written out": "raw('madvise', NOTHING, 0, 21)",
    "memory given up as broken": "raw('madvise', NOTHING, 0, 100)",
}
# As on a file system without them: neither what the machine's files have, nor whether there is such a file.
_UNSUPPORTED = {
    "a list of a file's attributes": "os.listxattr(os.__file__)",
    "a list of a link's attributes": "os.listxattr(os.__file__, follow_symlinks=False)",
    "a list of an open file's attributes": "os.listxattr(library)",
    "an attribute read": "os.getxattr(os.__file__, 'user.x')",
    "an attribute of an open file read": "os.getxattr(library, 'user.x')",
    "attributes of a file that is not there": "os.listxattr('/tmp/absent')",
}
# Each would fail if it were made: what a call that succeeds does to a disk cannot be seen from here.
_NOT_MADE = {
    "the journal written": "os.fsync(os.pipe()[0])",
    "the data written": "os.fdatasync(os.pipe()[0])",
    "pages dropped from the cache": "os.posix_fadvise(os.pipe()[0], 0, 0, os.POSIX_FADV_DONTNEED)",
    "a mapping written": "raw('msync', ctypes.c_void_p(1), 4096, 4)",
    "a lock on a file": "fcntl.flock(library, 64)",
    "a record lock": "fcntl.lockf(library, fcntl.LOCK_EX)",
    "a lock of an open file": "fcntl.fcntl(library, 37, bytes(32))",
}
# What honest programs do, and asyncio, multiprocessing, sqlite and tempfile on their behalf.
_ALLOWED = {
    "streams": "pair().send(b'x')",
    "streams that do not block": "pair().setblocking(False)",
    "flags": "fcntl.fcntl(1, fcntl.F_SETFL, fcntl.fcntl(1, fcntl.F_GETFL) | os.O_NONBLOCK)",
    "a duplicate": "fcntl.fcntl(1, fcntl.F_DUPFD_CLOEXEC, 10)",
    "a question about locks": "fcntl.fcntl(library, fcntl.F_GETLK, bytes(32))",
    "memory": "mmap.mmap(-1, 1 << 20).madvise(mmap.MADV_DONTNEED)",
    "its own limits": "__import__('resource').setrlimit(7, (64, 256))",
}
# Where a lock was had, one of another open file, another process would wait.
_LOCKS = [
    "fcntl.flock(library, fcntl.LOCK_EX | fcntl.LOCK_NB)",
    "fcntl.flock(os.open(os.__file__, os.O_RDONLY), fcntl.LOCK_EX | fcntl.LOCK_NB)",
    "fcntl.lockf(1, fcntl.LOCK_EX | fcntl.LOCK_NB)",
    "fcntl.lockf(1, fcntl.LOCK_EX)",
]


@pytest.mark.parametrize(
    ("call", "answer"),
    [
        pytest.param(call, answer, id=name)
        for table, answer in (
            (_REFUSED, "EPERM"),
            (_UNKNOWN, "EINVAL"),
            (_UNSUPPORTED, "ENOTSUP"),
            (_NOT_MADE, "done"),
        )
        for name, call in table.items()
    ],
)
def test_what_others_have_is_left_alone(ask: Ask, call: str, answer: str) -> None:
    source = f"{_PRELUDE}\ndef f():\n    left = socket.socketpair()\n    return said(lambda: {call})\n"
    assert ask(source) == repr(answer)


@pytest.mark.parametrize("call", _ALLOWED.values(), ids=_ALLOWED)
def test_what_honest_programs_do_works(ask: Ask, call: str) -> None:
    source = f"{_PRELUDE}\ndef f():\n    left = socket.socketpair()\n    return said(lambda: {call})\n"
    assert ask(source) in {repr("done"), repr("EPIPE")}  # the other end may be gone, which is no refusal


@pytest.mark.levels("namespaces", "docker", "gvisor")  # at landlock there is no folder that can be written
def test_files_and_folders_can_be_copied_with_their_times(ask: Ask) -> None:
    """`shutil` lists the extended attributes of what it copies, also of the interpreter's files."""
    source = """
import os, shutil
def f():
    os.makedirs("/tmp/from/inner", exist_ok=True)
    with open("/tmp/from/inner/file", "w") as file:
        file.write("text")
    os.utime("/tmp/from/inner/file", (1, 1))
    shutil.copytree("/tmp/from", "/tmp/to")
    shutil.copy2(os.__file__, "/tmp/os.py")
    return open("/tmp/to/inner/file").read(), os.stat("/tmp/to/inner/file").st_mtime, os.path.isfile("/tmp/os.py")
"""
    assert ask(source) == repr(("text", 1.0, True))


def test_no_socket_of_the_machine_can_be_reached_by_its_path(tmp_path: Path) -> None:
    """At `landlock` the path can be seen, so that only what may be called keeps the two apart."""
    path = str(tmp_path / "socket")
    tries = [
        f"socket.socketpair(type=socket.SOCK_DGRAM)[0].sendto(b'x', {path!r})",
        f"socket.socketpair(type=socket.SOCK_DGRAM)[0].sendmsg([b'x'], rights(), 0, {path!r})",
        f"socket.socketpair(type=socket.SOCK_SEQPACKET)[0].sendto(b'x', {path!r})",
        f"socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(b'x', {path!r})",
        f"socket.socketpair()[0].connect({path!r})",
    ]
    calls = ", ".join(f"said(lambda: {call})" for call in tries)
    source = f"{_PRELUDE}\ndef f():\n    return [{calls}]\n"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as host, opened_at("landlock") as box:
        host.bind(path)
        host.settimeout(0)
        Path(path).chmod(0o777)
        outcome = run_one(box, Program(source, ASK))
        assert outcome.detail.endswith(repr(["EPERM"] * len(tries))), outcome.detail
        with pytest.raises(BlockingIOError):
            host.recv(10)


def test_nothing_of_the_machine_is_locked(level: str) -> None:
    """/dev/null is the machine's own where no container has another; here the test holds a lock on it."""
    check = Check("f", f"def check(candidate):\n    assert candidate() == ['done'] * {len(_LOCKS)}\n")
    calls = ", ".join(f"said(lambda: {call})" for call in _LOCKS)
    with Path(os.devnull).open("r+b") as null, Path(os.__file__).open("rb") as library:
        fcntl.lockf(null, fcntl.LOCK_SH)
        fcntl.flock(library, fcntl.LOCK_SH)
        with opened_at(level) as box:
            outcome = run_one(box, Program(f"{_PRELUDE}\ndef f():\n    return [{calls}]\n", check))
    assert outcome.verdict is Verdict.PASSED, outcome.detail


def test_a_crash_starts_no_program_of_the_machine() -> None:
    """Where core dumps go to a program, the kernel starts it, outside, for whatever may be dumped."""
    with opened_at("namespaces") as box:
        run_one(box, program("return a + b"))
        judges = [judge for worker in _children(os.getpid()) for judge in _children(worker)]
        zygotes = [zygote for judge in judges for zygote in _children(judge)]
        # What may be dumped belongs to its user, what may not to root.
        assert {Path(f"/proc/{zygote}/environ").stat().st_uid for zygote in zygotes} == {0}


def _children(pid: int) -> list[int]:
    return [
        int(child)
        for task in Path(f"/proc/{pid}/task").iterdir()
        for child in (task / "children").read_text().split()
    ]
