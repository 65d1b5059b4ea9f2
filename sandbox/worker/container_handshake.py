"""How a judge comes by a zygote that is the first process of a container: it waits for the container to call.

The container is given one folder of the host's, read-only, that holds one socket. Its first process connects
to it, says what it is, and is handed the untrusted side's modules as text; from then on the connection is the
control socket, and nobody can connect again.
"""

import json
import socket
from collections.abc import Callable
from typing import Any

from sandbox.errors import SandboxError

__all__ = ["adopt_zygote", "await_ready", "read_line"]

_CONNECT_S = 40.0
_LINE = 65536


def adopt_zygote(settings: dict[str, Any]) -> tuple[socket.socket, int, dict[str, Any]]:
    """Return the control socket, 0 for a process that is out of sight, and what the container says of itself.

    Raises:
        SandboxError: it did not call in time, or could not narrow itself.
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
    """Wait until the zygote obeys; raises `SandboxError` if it does not come to that."""
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
