"""What a kernel frees late: each program here holds on to something as it ends; those after it need all there is."""

import re
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent, indent

import pytest
from tests_sandbox import opened_at

from sandbox import Check, Limits, Program, Sandbox, Verdict
from sandbox.jail.policy import DEFAULT

# Of CPU time there is plenty: gVisor counts what a process waits for a core as its own.
_LIMITS = Limits(cpu_s=8.0, memory_bytes=224 << 20, file_bytes=8 << 20, processes=16)
_TRUE = Check("f", "def check(candidate):\n    assert candidate()\n")
_PRELUDE = f"""
import array, ctypes, errno, fcntl, mmap, os, resource, select, signal, socket, sys, tempfile, threading, time
SPACE = {_LIMITS.file_bytes}
libc = ctypes.CDLL(None, use_errno=True)
def full(path="/tmp/full"):
    fd = os.open(path, os.O_RDWR | os.O_CREAT)
    try:
        while True:
            os.write(fd, b"x" * 65536)
    except OSError:
        pass
    return fd
def gone():
    fd = full()
    os.unlink("/tmp/full")
    return fd
def spawn(work):
    if os.fork() == 0:
        try:
            os.close(CHANNEL)  # or the judge would wait for an answer of this one
            os.setsid()
            work()
        finally:
            os._exit(0)
    time.sleep(0.02)
def send(sock, *fds):
    sock.sendmsg([b"."], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))])
def cycle(held):
    x, y = socket.socketpair()
    send(x, y.fileno(), held)
    send(y, x.fileno())
    os.close(held)
    y.close()
    return x.detach()
def nested(held, depth=80):
    for _ in range(depth):
        held = cycle(held)
    os.close(held)
def channel():
    for fd in range(3, 256):
        try:
            if os.fstat(fd).st_mode & 0o170000 == 0o140000:
                return fd
        except OSError:
            pass
CHANNEL = channel()
"""
# What is held when the program ends, and how.
_LEFT = {
    "a deleted file, open": "held = gone()",
    "a deleted file, mapped": "held = mmap.mmap(gone(), 1 << 20)",
    "a deleted file, mapped by a daemon": "fd = gone()\nspawn(lambda: (mmap.mmap(fd, 1 << 20), os.close(fd), signal.pause()))",
    "a deleted file in a socket": "x, y = socket.socketpair()\nsend(x, gone())",
    "a deleted file in a cycle of sockets": "os.close(cycle(gone()))",
    "a deleted file in cycles within cycles": "nested(gone())",
    "a deleted file in the channel": "send(socket.socket(fileno=CHANNEL), gone())",
    "a deleted file, its pages in a pipe": "fd = gone()\nr, w = os.pipe()\nos.sendfile(w, fd, 0, 65536)\nspawn(signal.pause)",
    "a deleted file, its pages in a socket": "fd = gone()\nx, y = socket.socketpair()\nx.setblocking(False)\nos.sendfile(x.fileno(), fd, 0, 65536)",
    "a deleted file, its pages in the channel": "os.sendfile(CHANNEL, gone(), 0, 65536)",
    "a file without a name": "fd = os.open('/tmp', os.O_RDWR | os.O_TMPFILE)\nos.posix_fallocate(fd, 0, SPACE)",
    "a deleted folder, worked in": "os.makedirs('/tmp/a/b'); os.chdir('/tmp/a/b'); os.rmdir('/tmp/a/b'); spawn(signal.pause)",
    "a hundred links": "full()\nfor n in range(100): os.link('/tmp/full', f'/tmp/{n}')",
    "holes and their ends": "fd = os.open('/tmp/h', os.O_RDWR | os.O_CREAT)\nfor n in range(100): os.pwrite(fd, b'x', n << 30)",
    "every name": "try:\n    for n in range(4000): os.close(os.open(f'/tmp/{n}', os.O_CREAT))\nexcept OSError: pass",
    "threads of a leader that is gone": "fd = gone()\nthreading.Thread(target=lambda: (time.sleep(0.05), os.close(CHANNEL), signal.pause())).start()\nlibc.syscall(60, 0)",
    "threads in a daemon": "fd = gone()\nspawn(lambda: ([threading.Thread(target=time.sleep, args=(9,)).start() for _ in range(5)], signal.pause()))",
    "processes not waited for": "for _ in range(300):\n    if os.fork() == 0: os._exit(0)",
    "all processes": "try:\n    while True: spawn(signal.pause)\nexcept OSError: pass",
    "a process that waits for its child's end": "spawn(lambda: (libc.vfork(), signal.pause()))",
    "a stopped process": "spawn(lambda: os.kill(os.getpid(), signal.SIGSTOP))",
    "memory of its own": "held = bytearray(120 << 20)",
    "memory shared with daemons": "m = mmap.mmap(-1, 64 << 20)\nm.write(b'x' * (64 << 20))\nspawn(signal.pause)\nspawn(signal.pause)",
    "large pages": "m = mmap.mmap(-1, 64 << 20, flags=mmap.MAP_PRIVATE)\nm.madvise(14)\nm.write(b'x' * (64 << 20))",
    "all descriptors": "try:\n    while True: os.open('/dev/null', os.O_RDWR)\nexcept OSError: pass",
    "full pipes": "try:\n    while True:\n        r, w = os.pipe(); os.set_blocking(w, False); os.write(w, b'x' * 65536)\nexcept OSError: pass\nspawn(signal.pause)",
    "full sockets": "try:\n    while True:\n        x, y = (end.detach() for end in socket.socketpair()); os.set_blocking(x, False); os.write(x, b'x' * 65536)\nexcept OSError: pass\nspawn(signal.pause)",
    "timers": "for _ in range(100): libc.timer_create(1, None, ctypes.byref(ctypes.c_void_p()))\nsignal.setitimer(signal.ITIMER_REAL, 0.01, 0.001)\nsignal.signal(signal.SIGALRM, lambda *_: None)",
    "signals that wait": "signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))\nfor n in range(34, 60):\n    for _ in range(50): os.kill(os.getpid(), n)\nspawn(signal.pause)",
    "watched descriptors": "e = [select.epoll() for _ in range(3)]\nfor a in e[1:]: a.register(e[0])\nfor _ in range(90): e[0].register(os.pipe()[0])\nspawn(signal.pause)",
    "locks": "fd = full()\nfcntl.flock(1, fcntl.LOCK_EX)\nfcntl.lockf(fd, fcntl.LOCK_EX)\nspawn(lambda: (fcntl.flock(fd, fcntl.LOCK_EX), signal.pause()))",
    "leases": "fd = os.open('/tmp/l', os.O_CREAT)\ntry: fcntl.fcntl(fd, fcntl.F_SETLEASE, fcntl.F_WRLCK)\nexcept OSError: pass\nspawn(signal.pause)",
    "flags of the standard streams": "for fd in range(3): fcntl.fcntl(fd, fcntl.F_SETFL, os.O_APPEND | os.O_NONBLOCK)",
    "limits": "for n in (0, 1, 2, 4, 6, 7): resource.setrlimit(n, (1, 1))",
    "its umask and folder": "os.umask(0o777); os.mkdir('/tmp/x'); os.chmod('/tmp', 0)",
}  # fmt: skip
# What honest programs may need: all that there is of a kind.
_NEEDS = {
    "the first state, names, space and descriptors": """
        state()
        for n in range(2000): os.close(os.open(f'/tmp/{n}', os.O_CREAT))
        fd = os.open('/tmp/0', os.O_RDWR)
        os.posix_fallocate(fd, 0, SPACE)
        pairs = [socket.socketpair() for _ in range(60)]
        pipes = [os.pipe() for _ in range(50)]
        files = [os.open('/dev/null', os.O_RDWR) for _ in range(20)]
        assert all(x.send(b'x' * 65536) for x, _ in pairs) and all(os.write(w, b'x' * 65536) for _, w in pipes)
        return os.pread(fd, 10, SPACE - 10) == bytes(10)""",
    "processes and memory": """
        pids = []
        for _ in range(15):
            pids.append(os.fork())
            if not pids[-1]: signal.pause()
        shared = mmap.mmap(-1, 60 << 20)
        for at in range(0, len(shared), 4096): shared[at] = 1
        return len(bytearray(b'x') * (60 << 20))""",
}
_STATE = """
def state():
    assert os.listdir("/tmp") == [], os.listdir("/tmp")
    assert [fcntl.fcntl(fd, fcntl.F_GETFL) & (os.O_APPEND | os.O_NONBLOCK) for fd in range(3)] == [0] * 3
    assert signal.pthread_sigmask(signal.SIG_BLOCK, []) == signal.sigpending() == set()
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)
    assert os.umask(0o22) == 0o22 and os.getcwd() == "/tmp"
    assert threading.active_count() == 1
    try:
        os.kill(-1, 0)
    except ProcessLookupError:
        return True
    raise AssertionError("there are other processes")
"""


def _program(body: str) -> Program:
    return Program(f"{_PRELUDE}{_STATE}def f():\n{indent(dedent(body), '    ')}\n", _TRUE)


@pytest.fixture(scope="module", params=["namespaces", "docker", "gvisor"])
def box(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    with opened_at(str(request.param), limits=_LIMITS, execution="dedicated") as opened:
        yield opened


@pytest.mark.parametrize("left", _LEFT.values(), ids=_LEFT)
def test_nothing_is_left_of_what_a_program_held(box: Sandbox, left: str) -> None:
    first = _program(f"{left}\nos._exit(0)")
    programs = [program for need in _NEEDS.values() for program in (first, _program(need))]
    outcomes = list(box.run(programs))
    assert not [outcome for outcome in outcomes[::2] if outcome.verdict is Verdict.SANDBOX_ERROR]
    after = dict(zip(_NEEDS, outcomes[1::2], strict=True))
    failed = {need: outcome.detail for need, outcome in after.items() if not outcome.verdict.passed}
    assert not failed
    assert {need: outcome.attempts for need, outcome in after.items()} == dict.fromkeys(_NEEDS, 1)


_IN_FLIGHT = {
    "in a cycle": "os.close(cycle(gone()))",
    "in cycles within cycles": "nested(gone())",
    "in many cycles": "fd = gone()\nfor _ in range(60): os.close(cycle(os.dup(fd)))",
}


@pytest.mark.parametrize("level", ["namespaces", "docker", "gvisor"])
def test_space_that_is_freed_late_is_waited_for(level: str, tmp_path: Path) -> None:
    """Under a policy that lets descriptors be sent; gVisor never collects them, so there the worker is replaced."""
    policy = tmp_path / "policy.toml"
    policy.write_text(
        re.sub('"socketpair", "sendto",', '"socketpair", "sendmsg", "sendto",', DEFAULT.read_text())
    )
    # So short that it asks for its space before the kernel has come to it.
    short = (
        f"import os\ndef f(): os.posix_fallocate(os.open('/tmp/x', 66), 0, {_LIMITS.file_bytes}); return 1\n"
    )
    rounds = 1 if level == "gvisor" else 8
    with opened_at(level, limits=_LIMITS, execution="dedicated", policy=policy) as box:
        for left in _IN_FLIGHT.values():
            outcomes = list(box.run([_program(f"{left}\nos._exit(0)"), Program(short, _TRUE)] * rounds))
            assert {outcome.detail for outcome in outcomes[::2]} == {
                "exited with status 0 before it had answered"
            }
            assert {outcome.verdict for outcome in outcomes[1::2]} == {Verdict.PASSED}
            assert {outcome.attempts for outcome in outcomes[1::2]} == {2 if level == "gvisor" else 1}
