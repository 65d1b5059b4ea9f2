"""The first process of a container narrows itself and becomes the zygote.

The container encloses it already; this takes away what a container leaves within reach: reading /proc and
/sys, and, for programs of the same user, this process itself.
"""

import json
import os
from typing import Any, NoReturn

from sandbox import zygote
from sandbox.jail import landlock, libc

__all__ = ["CALLING", "RELAYED", "enter"]

_LOADING = """
for name in ("sandbox", "sandbox.jail"):
    sys.modules[name] = types.ModuleType(name)
for name, text in handed["modules"]:
    module = sys.modules[name] = types.ModuleType(name)
    parent, _, last = name.rpartition(".")
    setattr(sys.modules[parent], last, module)
    exec(compile(text, f"<{name}>", "exec"), module.__dict__)
enter = module.enter
del module, name, text, parent, last
enter(control or sys.modules["sandbox.relayed"].Control(), handed)
"""
# What the container's interpreter runs: it says what it is, and takes what it is to be. The first speaks over
# a socket, whose path is its argument, the second over its standard streams.
CALLING = (
    """
import json, platform, socket, sys, types
control = socket.socket(socket.AF_UNIX)
control.connect(sys.argv[1])
control.sendall(json.dumps({"python": platform.python_version()}).encode() + b"\\n")
handed = json.loads(control.makefile("rb").readline())
"""
    + _LOADING
)
RELAYED = (
    """
import json, os, platform, sys, types
os.write(1, json.dumps({"python": platform.python_version()}).encode() + b"\\n")
control, line = None, b""
while not line.endswith(b"\\n"):
    line += os.read(0, 1 << 20)
handed = json.loads(line)
"""
    + _LOADING
)
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
