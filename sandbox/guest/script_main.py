"""The process of a script: be `python main.py` beside the files that were given, then return those asked for.

Nothing that is said of the script after it has started is relied on: what stands on its descriptors is its
output, and how it ended the kernel tells. Runs on the untrusted side; standard library only.
"""

import os
import stat
import sys
from _socket import SHUT_RDWR, socket
from typing import NoReturn

from sandbox.guest.main_module import (
    CHANNEL,
    NAME,
    report_uncaught,
    run_main,
    take_streams,
    use_streams,
)
from sandbox.guest.responder import compiled
from sandbox.wire.frames import COMPILED, FILE, frame

__all__ = ["be_script"]

_FILE_BYTES = 32 << 20


def be_script(sock: socket, source: str, files: list[tuple[str, bytes]], fetch: list[str]) -> NoReturn:
    """Run a script as the main module and end the process.

    Args:
        sock: the channel to the judge.
        source: the script's text.
        files: name and content of what it finds in its folder.
        fetch: names of the files to return; those that it has not left are left out.
    """
    sock.sendall(frame(COMPILED))
    take_streams(sock)
    use_streams()
    try:
        _write_files(source, files)
        code = compiled(source.removeprefix("\ufeff"), NAME)
    except BaseException as error:  # noqa: BLE001 - as the interpreter does
        report_uncaught(error.with_traceback(None))
        status = 1
    else:
        status = run_main(code)
    _send_files(fetch)
    os._exit(status)


def _write_files(source: str, files: list[tuple[str, bytes]]) -> None:
    """Go to the scratch folder and put there the script, for the lines of a traceback, and its files."""
    home = os.environ.get("HOME", "/tmp")  # noqa: S108 - the scratch folder of the jail
    os.chdir(home)
    sys.path.insert(0, home)
    for name, content in [*files, (NAME, source.encode("utf-8", "surrogatepass"))]:
        folder = os.path.dirname(name)
        if folder:
            os.makedirs(folder, exist_ok=True)
        if name != NAME or not os.path.exists(name):  # a file of that name was given
            with open(name, "wb") as file:
                file.write(content)


def _send_files(fetch: list[str]) -> None:
    """Send the files that were asked for, as far as they are there, and that no more will come."""
    channel = socket(fileno=CHANNEL)
    for place, name in enumerate(fetch):
        try:
            if stat.S_ISREG(os.stat(name).st_mode):
                with open(name, "rb") as file:
                    content = file.read(_FILE_BYTES)
                channel.sendall(frame(FILE, place.to_bytes(4, "little") + content))
        except OSError:
            continue
    try:  # noqa: SIM105 - `contextlib` brings modules that every fork would copy
        channel.shutdown(SHUT_RDWR)  # a process that the script has left running may hold it open
    except OSError:
        pass
