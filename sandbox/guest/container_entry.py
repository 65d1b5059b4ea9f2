"""The first process of a container narrows itself and becomes the zygote.

The container encloses it already; this takes away what a container leaves within reach: reading /proc and
/sys, and, for programs of the same user, this process itself.
"""

import json
import os
from typing import Any, NoReturn

from sandbox.guest import zygote
from sandbox.jail import landlock, libc

__all__ = ["enter"]

_UNREADABLE = {"proc", "sys", "dev", "run", "etc", "var", "home", "root", "tmp"}


def enter(control: Any, handed: dict[str, Any]) -> NoReturn:  # noqa: ANN401 - a socket, or a relay like one
    """Narrow this process, say with what, and be the zygote."""
    libc.prctl(libc.PR_SET_DUMPABLE, 0)  # /proc/1 is then root's, and nobody of this user may trace it
    for name in os.environ.keys() - handed["environment"].keys():
        del os.environ[name]  # an engine adds some of its own
    readable = [f"/{name}" for name in os.listdir("/") if name not in _UNREADABLE]
    try:
        version = landlock.restrict(readable, [handed["scratch"], "/dev/null"])
    except OSError as error:
        control.sendall(f"landlock: {error}\n".encode())
        os._exit(1)
    control.sendall(json.dumps({"landlock": version}).encode() + b"\n")
    zygote.main(control, handed["scratch"], handed["preload"], bytes.fromhex(handed["filter"]))
