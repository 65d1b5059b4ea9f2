"""The process of one test of a program that reads standard input: be `python main.py`, as far as it can tell.

The judge sends the program, as text for the first test and as the code that this made of it for the others,
and then three descriptors, which become the standard streams. Nothing that is said of the program after that
is relied on: what stands on descriptor 1 is its output, and how it ended the kernel tells.

Runs on the untrusted side; standard library only.
"""

import _sitebuiltins
import atexit
import builtins
import io
import marshal
import os
import sys
import types
from _socket import socket
from typing import Any, Final

from sandbox.guest.responder import Responder, compiled
from sandbox.wire.frames import COMPILED, frame

__all__ = ["be_main", "rehearse"]

_NAME: Final = "main.py"
_CHANNEL: Final = 255  # the last that a process may have: programs count on the numbers from 3 on
_FLUSH_FAILED: Final = 120  # the interpreter's own exit status for it
_EOF: Final = "Ctrl-D (i.e. EOF)"
# Before Python 3.12, the call of `exec` that runs the program counts as one more frame.
_COUNTED_CALLS: Final = int(sys.version_info < (3, 12))
_FROM_SITE: Final = {  # which the jail's interpreter starts without
    "exit": _sitebuiltins.Quitter("exit", _EOF),
    "quit": _sitebuiltins.Quitter("quit", _EOF),
    "help": _sitebuiltins._Helper(),  # noqa: SLF001 - as `site` does
}
_opened: Final[list[io.TextIOWrapper]] = []


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
    _take_streams(sock)
    _use_streams()
    os._exit(_run(code))


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
    _place(given, channel)
    os.close(_CHANNEL)
    _open_streams()
    _use_streams()
    exec(code, _main_module().__dict__)  # noqa: S102 - the rehearsal's own
    _depth()
    _flush()
    _open_streams()
    for name, value in zip(names, kept, strict=True):
        setattr(sys, name, value)
    sys.modules["__main__"] = main
    for name in _FROM_SITE:
        delattr(builtins, name)


def _compiled(source: str, _name: str) -> types.CodeType:
    return compiled(source, _NAME)


def _take_streams(sock: socket) -> None:
    """Receive the standard streams, and move the channel out of the way."""
    _data, ancillary, _flags, _address = sock.recvmsg(1, 256)
    packed = ancillary[0][2]
    given = [int.from_bytes(packed[at : at + 4], sys.byteorder) for at in range(0, len(packed), 4)]
    _place(given, sock.detach())


def _place(given: list[int], channel: int) -> None:
    """Give descriptors their places, as standard streams and as channel."""
    for place, descriptor in enumerate(given):
        os.dup2(descriptor, place)
    for descriptor in given:
        os.close(descriptor)
    os.dup2(channel, _CHANNEL, inheritable=False)
    os.close(channel)


def _open_streams() -> None:
    """Open the standard streams while pipes are there: what is asked of a descriptor is asked once, here."""
    _opened[:] = _stream(0, "rb"), _stream(1, "wb"), _stream(2, "wb", "backslashreplace", by_line=True)


def _use_streams() -> None:
    """Make the streams that were opened ahead the standard ones."""
    sys.stdin, sys.stdout, sys.stderr = _opened
    sys.__stdin__, sys.__stdout__, sys.__stderr__ = _opened  # type: ignore[misc]


def _stream(
    descriptor: int, mode: str, errors: str = "surrogateescape", *, by_line: bool = False
) -> io.TextIOWrapper:
    """Open a stream as the interpreter opens it on a pipe: no line ending is translated."""
    binary: Any = open(descriptor, mode, closefd=False)  # noqa: SIM115 - lives as long as the process
    return io.TextIOWrapper(binary, "utf-8", errors, newline="\n", line_buffering=by_line)


def _run(code: types.CodeType) -> int:
    """Run the code as the main module and bring it to its end; returns the exit status."""
    module = _main_module()
    sys.setrecursionlimit(sys.getrecursionlimit() + _depth() + _COUNTED_CALLS)
    status = 0
    try:
        exec(code, module.__dict__)  # noqa: S102 - this is what the jail is for
    except SystemExit as end:
        status = _status_of(end)
    except BaseException as error:  # noqa: BLE001 - as the interpreter does
        trace = error.__traceback__
        _report(error.with_traceback(trace.tb_next if trace else None))
        status = 1
    threading = sys.modules.get("threading")
    if threading is not None:
        threading._shutdown()  # noqa: SLF001 - waits for threads, as the interpreter does
    atexit._run_exitfuncs()  # noqa: SLF001 - as above
    flushed = _flush()
    module.__dict__.clear()  # files that were left open are written out as they are freed
    return status if flushed and _flush() else status or _FLUSH_FAILED


def _main_module() -> types.ModuleType:
    """Make the interpreter what it is for `python main.py`; the jail's starts without `site`."""
    vars(builtins).update(_FROM_SITE)
    module = types.ModuleType("__main__")
    folder = os.environ.get("HOME", "/tmp")  # noqa: S108 - the scratch folder of the jail
    module.__dict__.update(__file__=f"{folder}/{_NAME}", __builtins__=builtins, __cached__=None)
    sys.modules["__main__"], sys.argv = module, [_NAME]
    return module


def _depth() -> int:
    """Return how many frames lie below the program, which its recursion limit is not to count."""
    depth, frame_here = 0, sys._getframe()  # noqa: SLF001 - there is no other way
    while frame_here.f_back is not None:
        depth, frame_here = depth + 1, frame_here.f_back
    return depth


def _report(error: BaseException) -> None:
    """Tell of an exception that nothing caught, by the program's own hook if it has set one."""
    try:
        sys.excepthook(type(error), error, error.__traceback__)
    except BaseException:  # noqa: BLE001 - a hook is the program's
        sys.__excepthook__(type(error), error, error.__traceback__)


def _status_of(end: SystemExit) -> int:
    if end.code is None:
        return 0
    if isinstance(end.code, int):
        return end.code & 0xFF
    try:  # noqa: SIM105 - `contextlib` brings modules that every fork would copy
        sys.stderr.write(f"{end.code}\n")
    except BaseException:  # noqa: BLE001, S110 - whatever the program has put in its place
        pass
    return 1


def _flush() -> bool:
    """Write out what the streams hold; returns False where that fails.

    Those that the program has replaced come last: the interpreter writes them out as it frees them.
    """
    done = True
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None and not getattr(stream, "closed", False):
                stream.flush()
        except BaseException:  # noqa: BLE001 - whatever the program has put in its place
            done = False
    for stream in _opened[1:]:
        try:
            if not stream.closed:
                stream.flush()
        except (OSError, ValueError):
            pass
    return done
