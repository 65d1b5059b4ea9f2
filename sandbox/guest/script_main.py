"""The untrusted side of a script: sent as text, and run by a program's process in place of a program.

It takes over the channel it was itself sent over, asks for what it is to run and for three descriptors,
makes these its standard streams and runs the text as `__main__`, as `python main.py` would. Whatever it says
of itself afterwards nobody relies on: how it ended the kernel tells. Only the standard library is here.
"""

# ruff: noqa: PLC0415 - executed as text in a namespace of its own, so each function brings what it needs

from typing import Any, NoReturn

__all__ = ["main"]


def main() -> NoReturn:
    """Run what the judge hands over, and end the process."""
    import os

    channel = _channel()
    source, files, fetch = _receive(channel)
    name = _prepare(source, files)
    status = _run(source, name)
    _send_files(channel, fetch)
    os._exit(status)


def _channel() -> Any:  # noqa: ANN401 - the interpreter's own socket
    """The one socket that this process has."""
    import os
    import stat
    from _socket import socket

    for descriptor in range(3, 256):
        try:
            if stat.S_ISSOCK(os.fstat(descriptor).st_mode):
                return socket(fileno=descriptor)
        except OSError:
            continue
    raise OSError("no channel")


def _receive(channel: Any) -> tuple[str, list[tuple[str, bytes]], list[str]]:  # noqa: ANN401
    """Ask for the work; it comes with the streams."""
    import array
    import marshal
    import os

    channel.sendall(b"\0\0\0\0G")
    data, ancillary, _flags, _address = channel.recvmsg(65536, 256)
    for place, descriptor in enumerate(array.array("i", ancillary[0][2])):
        os.dup2(descriptor, place)
        os.close(descriptor)
    while len(data) < 5 or len(data) < 5 + int.from_bytes(data[:4], "little"):
        data += channel.recv(1 << 20)
    work: tuple[str, list[tuple[str, bytes]], list[str]] = marshal.loads(data[5:])  # noqa: S302 - the judge's
    return work


def _prepare(source: str, files: list[tuple[str, bytes]]) -> str:
    """Open the streams and put the files where the script looks for them; return what it is to be called."""
    import contextlib
    import os
    import sys

    sys.stdin = open(0, encoding="utf-8", errors="surrogateescape")  # noqa: SIM115
    sys.stdout = open(1, "w", encoding="utf-8", errors="surrogateescape")  # noqa: SIM115
    sys.stderr = open(2, "w", buffering=1, encoding="utf-8", errors="backslashreplace")  # noqa: SIM115
    with contextlib.suppress(OSError):
        os.chdir(os.environ.get("HOME", "/tmp"))  # noqa: S108 - the scratch folder of the jail
    for name, content in files:
        folder = os.path.dirname(name)
        if folder:
            os.makedirs(folder, exist_ok=True)
        with open(name, "wb") as file:
            file.write(content)
    with contextlib.suppress(OSError), open("main.py", "x", encoding="utf-8", errors="surrogatepass") as file:
        file.write(source)  # for the lines of a traceback
    return "main.py"


def _run(source: str, name: str) -> int:
    """Run the text as the main module; return the exit status."""
    import atexit
    import sys

    module = _main_module(name)
    status = 0
    try:
        exec(compile(source, name, "exec", dont_inherit=True), module.__dict__)  # noqa: S102
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
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (OSError, ValueError):
        status = status or 120  # the interpreter's own
    return status


def _main_module(name: str) -> Any:  # noqa: ANN401 - the script's module
    """Make the interpreter what it is for `python main.py`; the jail's starts without `site`."""
    import _sitebuiltins
    import builtins
    import os
    import sys
    import types
    from importlib.machinery import SourceFileLoader

    eof = "Ctrl-D (i.e. EOF)"
    builtins.exit, builtins.quit = _sitebuiltins.Quitter("exit", eof), _sitebuiltins.Quitter("quit", eof)
    builtins.copyright = _sitebuiltins._Printer("copyright", sys.copyright)  # noqa: SLF001 - as `site` does
    builtins.credits = _sitebuiltins._Printer("credits", "See www.python.org for more information.")  # noqa: SLF001
    builtins.license = _sitebuiltins._Printer("license", "See https://www.python.org/psf/license/")  # noqa: SLF001
    builtins.help = _sitebuiltins._Helper()  # noqa: SLF001 - as above
    module = types.ModuleType("__main__")
    file = os.path.abspath(name)
    module.__dict__.update(
        __file__=file, __builtins__=builtins, __cached__=None, __loader__=SourceFileLoader("__main__", file)
    )
    sys.modules["__main__"], sys.argv = module, [name]
    sys.path.insert(0, os.path.dirname(file))
    return module


def _report(error: BaseException) -> None:
    """Tell of an exception that nothing caught, by the script's own hook if it has set one."""
    import sys
    import traceback

    try:
        sys.excepthook(type(error), error, error.__traceback__)
    except BaseException:  # noqa: BLE001 - a hook is the script's
        traceback.print_exception(type(error), error, error.__traceback__)


def _status_of(end: SystemExit) -> int:
    import sys

    if end.code is None:
        return 0
    if isinstance(end.code, int):
        return end.code & 0xFF
    sys.stderr.write(f"{end.code}\n")
    return 1


def _send_files(channel: Any, fetch: list[str]) -> None:  # noqa: ANN401
    """Send the files that were asked for, as far as they are there."""
    import os
    import stat

    for place, name in enumerate(fetch):
        try:
            if stat.S_ISREG(os.stat(name).st_mode):
                with open(name, "rb") as file:
                    content = file.read(32 << 20)
                payload = place.to_bytes(4, "little") + content
                channel.sendall(len(payload).to_bytes(4, "little") + b"F" + payload)
        except OSError:
            continue
