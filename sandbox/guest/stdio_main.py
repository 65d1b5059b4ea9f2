"""The process of one test of a program that reads standard input: be `python main.py`, as far as it can tell.

The judge sends the program, as text for the first test and as the code that this made of it for the others,
and then three descriptors, which become the standard streams. Nothing that is said of the program after that
is relied on: what stands on descriptor 1 is its output, and how it ended the kernel tells.

Runs on the untrusted side; standard library only.
"""

import builtins
import marshal
import os
import sys
import types
from _socket import socket

from sandbox.guest.main_module import (
    CHANNEL,
    FROM_SITE,
    NAME,
    be_main_module,
    flush,
    frames_below,
    open_streams,
    place_streams,
    run_main,
    take_streams,
    use_streams,
)
from sandbox.guest.responder import Responder, compiled
from sandbox.wire.frames import COMPILED, frame

__all__ = ["be_main", "rehearse"]


def be_main(sock: socket, answer: Responder, program: str | bytes) -> None:
    """Run a program as the main module and end the process; returns only if it does not compile.

    Args:
        sock: the channel to the judge.
        answer: says S if the program does not compile.
        program: its text, or its code as marshal has it.
    """
    if isinstance(program, str):
        code = answer.compiled(program.removeprefix("\ufeff"), _compiled)
        if code is None:
            return
        made = marshal.dumps(code)
    else:
        code, made = marshal.loads(program), b""  # noqa: S302 - made here, before the program ran
    sock.sendall(frame(COMPILED, made))
    take_streams(sock)
    use_streams()
    os._exit(run_main(code))


def rehearse(given: list[int], channel: int, code: types.CodeType) -> None:
    """Do what the process of a test does once it has its streams, and leave open streams for such processes.

    Done before any fork, so that no process has to do it on copied pages. The caller puts the descriptors
    0, 1 and 2 back; everything else is as it was.

    Args:
        given: ends of three pipes for the standard streams; closed here, as the channel is.
        channel: any descriptor.
        code: a program.
    """
    names = "stdin", "stdout", "stderr", "__stdin__", "__stdout__", "__stderr__", "argv"
    kept, main = [getattr(sys, name) for name in names], sys.modules["__main__"]
    place_streams(given, channel)
    os.close(CHANNEL)
    open_streams()
    use_streams()
    exec(code, be_main_module().__dict__)  # noqa: S102 - the rehearsal's own
    frames_below()
    flush()
    open_streams()
    for name, value in zip(names, kept, strict=True):
        setattr(sys, name, value)
    sys.modules["__main__"] = main
    for name in FROM_SITE:
        delattr(builtins, name)


def _compiled(source: str, _name: str) -> types.CodeType:
    return compiled(source, NAME)
