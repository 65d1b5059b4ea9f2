"""What a process needs to be `python main.py`: its standard streams, the module `__main__`, and its end.

Used for programs that read standard input (`stdio_main`) and for scripts (`script_main`). Runs on the
untrusted side; standard library only.
"""

import _sitebuiltins
import atexit
import builtins
import io
import os
import sys
import types
from _frozen_importlib_external import SourceFileLoader  # `importlib.machinery` is more than this
from _socket import socket
from typing import Any, Final

__all__ = [
    "CHANNEL",
    "FROM_SITE",
    "NAME",
    "be_main_module",
    "flush",
    "frames_below",
    "open_streams",
    "place_streams",
    "report_uncaught",
    "run_main",
    "take_streams",
    "use_streams",
]

NAME: Final = "main.py"
CHANNEL: Final = 255  # the last that a process may have: programs count on the numbers from 3 on
_FLUSH_FAILED: Final = 120  # the interpreter's own exit status for it
_EOF: Final = "Ctrl-D (i.e. EOF)"
FROM_SITE: Final = {  # which the jail's interpreter starts without
    "exit": _sitebuiltins.Quitter("exit", _EOF),
    "quit": _sitebuiltins.Quitter("quit", _EOF),
    "copyright": _sitebuiltins._Printer("copyright", sys.copyright),  # noqa: SLF001 - as `site` does
    "credits": _sitebuiltins._Printer("credits", "See www.python.org for more information."),  # noqa: SLF001
    "license": _sitebuiltins._Printer("license", "See https://www.python.org/psf/license/"),  # noqa: SLF001
    "help": _sitebuiltins._Helper(),  # noqa: SLF001 - as above
}
_opened: Final[list[io.TextIOWrapper]] = []


def take_streams(sock: socket) -> None:
    """Receive the standard streams, and move the channel out of the way."""
    _data, ancillary, _flags, _address = sock.recvmsg(1, 256)
    packed = ancillary[0][2]
    given = [int.from_bytes(packed[at : at + 4], sys.byteorder) for at in range(0, len(packed), 4)]
    place_streams(given, sock.detach())


def place_streams(given: list[int], channel: int) -> None:
    """Give descriptors their places, as standard streams and as channel."""
    for place, descriptor in enumerate(given):
        os.dup2(descriptor, place)
    for descriptor in given:
        os.close(descriptor)
    os.dup2(channel, CHANNEL, inheritable=False)
    os.close(channel)


def open_streams() -> None:
    """Open the standard streams while pipes are there: what is asked of a descriptor is asked once, here."""
    _opened[:] = _stream(0, "rb"), _stream(1, "wb"), _stream(2, "wb", "backslashreplace", by_line=True)


def use_streams() -> None:
    """Make the streams that were opened ahead the standard ones."""
    sys.stdin, sys.stdout, sys.stderr = _opened
    sys.__stdin__, sys.__stdout__, sys.__stderr__ = _opened  # type: ignore[misc]


def _stream(
    descriptor: int, mode: str, errors: str = "surrogateescape", *, by_line: bool = False
) -> io.TextIOWrapper:
    """Open a stream as the interpreter opens it on a pipe: no line ending is translated."""
    binary: Any = open(descriptor, mode, closefd=False)  # noqa: SIM115 - lives as long as the process
    return io.TextIOWrapper(binary, "utf-8", errors, newline="\n", line_buffering=by_line)


def run_main(code: types.CodeType) -> int:
    """Run the code as the main module and bring it to its end; returns the exit status."""
    module = be_main_module()
    sys.setrecursionlimit(sys.getrecursionlimit() + frames_below())
    status = 0
    try:
        exec(code, module.__dict__)  # noqa: S102 - this is what the jail is for
    except SystemExit as end:
        status = _status_of(end)
    except BaseException as error:  # noqa: BLE001 - as the interpreter does
        trace = error.__traceback__
        report_uncaught(error.with_traceback(trace.tb_next if trace else None))
        status = 1
    threading = sys.modules.get("threading")
    if threading is not None:
        threading._shutdown()  # noqa: SLF001 - waits for threads, as the interpreter does
    atexit._run_exitfuncs()  # noqa: SLF001 - as above
    flushed = flush()
    module.__dict__.clear()  # files that were left open are written out as they are freed
    return status if flushed and flush() else status or _FLUSH_FAILED


def be_main_module() -> types.ModuleType:
    """Make the interpreter what it is for `python main.py`; the jail's starts without `site`."""
    vars(builtins).update(FROM_SITE)
    module = types.ModuleType("__main__")
    folder = os.environ.get("HOME", "/tmp")  # noqa: S108 - the scratch folder of the jail
    file = f"{folder}/{NAME}"
    loader = SourceFileLoader("__main__", file)
    module.__dict__.update(__file__=file, __builtins__=builtins, __cached__=None, __loader__=loader)
    sys.modules["__main__"], sys.argv = module, [NAME]
    return module


def frames_below() -> int:
    """Return how many frames lie below the program, which its recursion limit is not to count."""
    depth, frame_here = 0, sys._getframe()  # noqa: SLF001 - there is no other way
    while frame_here.f_back is not None:
        depth, frame_here = depth + 1, frame_here.f_back
    return depth


def report_uncaught(error: BaseException) -> None:
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


def flush() -> bool:
    """Write out what the streams hold; returns False where that fails."""
    done = True
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None and not getattr(stream, "closed", False):
                stream.flush()
        except BaseException:  # noqa: BLE001 - whatever the program has put in its place
            done = False
    return done
