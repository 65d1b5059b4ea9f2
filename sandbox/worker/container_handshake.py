"""Accept the connection of a container's first process, which becomes the zygote.

The container sees one folder of the host, read-only, that holds one socket. Its first process connects, sends
what it is, and receives the guest's modules as text. From then on the connection is the control socket, and
nothing else can connect.
"""

import json
import socket
from collections.abc import Callable
from typing import Any

from sandbox.errors import SandboxError

__all__ = ["accept_container", "await_ready", "read_line"]

_CONNECT_S = 40.0
_LINE = 65536


def accept_container(settings: dict[str, Any]) -> tuple[socket.socket, int, dict[str, Any]]:
    """Return the control socket, 0 in place of a process number, and facts about the container.

    Raises:
        SandboxError: it did not connect in time, or could not restrict itself.
    """
    with socket.socket(fileno=settings["listener"]) as listener:
        listener.settimeout(_CONNECT_S)
        try:
            control, _address = listener.accept()
        except TimeoutError:
            raise SandboxError(
                f"the container's first process did not connect within {_CONNECT_S:.0f} s; "
                "the engine must run on this machine and see its files"
            ) from None
    control.settimeout(_CONNECT_S)
    told = json.loads(read_line(lambda: control.recv(1)))
    control.sendall(json.dumps(settings["bundle"]).encode() + b"\n")
    narrowed = json.loads(read_line(lambda: control.recv(1)))
    await_ready(control)
    return control, 0, {"python": str(told["python"]), "landlock": int(narrowed["landlock"])}


def await_ready(control: socket.socket) -> None:
    """Wait until the zygote is ready; raise `SandboxError` with its reason if it does not become so."""
    control.settimeout(_CONNECT_S)
    if (word := control.recv(1000)) != b"ready":
        raise SandboxError(word.decode(errors="replace") or "the container ended before it was ready")
    control.settimeout(None)


def read_line(receive: Callable[[], bytes]) -> bytes:
    """Read one line a byte at a time, so that nothing behind it is taken along.

    Raises:
        SandboxError: it ends early, with what came instead, or never.
    """
    line = bytearray()
    while not line.endswith(b"\n"):
        byte = receive()
        if not byte or len(line) > _LINE:
            raise SandboxError(
                line.decode(errors="replace").strip() or "the container ended before it was ready"
            )
        line += byte
    return bytes(line)
