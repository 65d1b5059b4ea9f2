"""Programs, as text, that a container's interpreter runs to load the guest's modules."""

__all__ = ["SOCKET_BOOTSTRAP", "STDIO_BOOTSTRAP"]

LOAD_MODULES = """
for name in ("sandbox", "sandbox.wire", "sandbox.jail", "sandbox.guest"):
    sys.modules[name] = types.ModuleType(name)
for name, text in handed["modules"]:
    module = sys.modules[name] = types.ModuleType(name)
    parent, _, last = name.rpartition(".")
    setattr(sys.modules[parent], last, module)
    exec(compile(text, f"<{name}>", "exec"), module.__dict__)
enter = module.enter
del module, name, text, parent, last
enter(control or sys.modules["sandbox.guest.relay_socket"].RelaySocket(), handed)
"""
# What the container's interpreter runs: it says what it is, and takes what it is to be. The first speaks over
# a socket, whose path is its argument, the second over its standard streams.
SOCKET_BOOTSTRAP = (
    """
import json, platform, socket, sys, types
control = socket.socket(socket.AF_UNIX)
control.connect(sys.argv[1])
control.sendall(json.dumps({"python": platform.python_version()}).encode() + b"\\n")
handed = json.loads(control.makefile("rb").readline())
"""
    + LOAD_MODULES
)
STDIO_BOOTSTRAP = (
    """
import json, os, platform, sys, types
os.write(1, json.dumps({"python": platform.python_version()}).encode() + b"\\n")
control, line = None, b""
while not line.endswith(b"\\n"):
    line += os.read(0, 1 << 20)
handed = json.loads(line)
"""
    + LOAD_MODULES
)
