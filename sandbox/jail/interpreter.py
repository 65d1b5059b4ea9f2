"""Which files a Python interpreter needs: itself, its standard library and the shared libraries these load.

The libraries are found by having the interpreter map every extension module of its standard library, without
running any, and then reading what the kernel says is mapped, which needs no knowledge of the dynamic linker.
"""

import contextlib
import json
import os
import subprocess
import sys
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from sandbox.errors import IsolationError

__all__ = ["Interpreter", "describe_interpreter", "links_to"]

_PROBE = """
import json, os, platform, sys, sysconfig
try:
    from _ctypes import dlopen
except ImportError:  # a Python without it imports the modules
    def dlopen(path, lazily):
        __import__(os.path.basename(path).split(".")[0])
paths = sysconfig.get_paths()
dynload = next((p for p in sys.path if p.endswith("lib-dynload")), "")
skipped = ("_test", "xx", "_xx", "_tkinter", "_curses", "readline", "nis", "_gdbm", "_dbm", "ossaudio")
for name in sorted(os.listdir(dynload)) if dynload else ():
    if not name.startswith(skipped):
        try:
            dlopen(os.path.join(dynload, name), os.RTLD_LAZY)
        except (ImportError, OSError):
            pass
with open("/proc/self/maps") as maps:
    mapped = {line.split(maxsplit=5)[5].strip() for line in maps if line.count("/")}
print(json.dumps({
    "executable": os.path.realpath(sys.executable),
    "stdlib": os.path.realpath(paths["stdlib"]),
    "dynload": os.path.realpath(dynload) if dynload else "",
    "site": sorted({os.path.realpath(paths[name]) for name in ("purelib", "platlib")}),
    "libraries": sorted(path for path in mapped if ".so" in path),
    "version": platform.python_version(),
    "implementation": platform.python_implementation(),
    "platform": f"{sys.implementation.cache_tag}-{sysconfig.get_platform()}",
}))
"""


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A Python interpreter and the files it needs; all paths are absolute and free of symbolic links.

    `platform` says which compiled modules it takes, such as `cpython-311-linux-x86_64`.
    """

    executable: str
    stdlib: str
    dynload: str
    site: tuple[str, ...]
    libraries: tuple[str, ...]
    links: dict[str, str]
    version: str
    implementation: str
    platform: str

    def files(self) -> list[str]:
        """Return the paths a jail must show: files and folders, outer folders first."""
        inside = (self.stdlib + "/",)
        extra = [
            path
            for path in (self.dynload, *self.libraries, self.executable)
            if path and not path.startswith(inside)
        ]
        return [self.stdlib, *sorted(set(extra))]

    def with_libraries(self, libraries: list[str]) -> "Interpreter":
        """Return the same with further shared libraries that its modules load."""
        together = (*self.libraries, *libraries)
        return replace(self, libraries=together, links=self.links | links_to(libraries))


@cache
def describe_interpreter(executable: str = "") -> Interpreter:
    """Return what `executable` needs; by default the interpreter beneath this environment.

    Raises:
        IsolationError: it does not start.
    """
    executable = executable or getattr(sys, "_base_executable", "") or sys.executable
    try:
        done = subprocess.run(  # noqa: S603 - our own text, the caller's interpreter
            [executable, "-I", "-S", "-B", "-c", _PROBE], capture_output=True, check=True, timeout=60, env={}
        )
    except (OSError, subprocess.SubprocessError) as error:
        reason = getattr(error, "stderr", b"") or str(error).encode()
        raise IsolationError(
            f"the interpreter {executable} does not start: {reason.decode(errors='replace').strip()}"
        ) from None
    told = json.loads(done.stdout)
    return Interpreter(
        executable=told["executable"],
        stdlib=told["stdlib"],
        dynload=told["dynload"],
        site=tuple(told["site"]),
        libraries=tuple(told["libraries"]),
        links=links_to(told["libraries"]),
        version=told["version"],
        implementation=told["implementation"],
        platform=told["platform"],
    )


def links_to(libraries: list[str]) -> dict[str, str]:
    """Return the links by which the dynamic linker finds these, such as libz.so.1 -> libz.so.1.2.13."""
    wanted = set(libraries)
    folders = {str(Path(path).parent) for path in libraries} | {"/lib", "/lib64"}
    links = {}
    for folder in folders:
        place = os.path.realpath(folder)
        with contextlib.suppress(OSError), os.scandir(folder) as entries:
            for entry in entries:
                target = os.path.realpath(entry.path) if entry.is_symlink() else f"{place}/{entry.name}"
                if entry.path != target and target in wanted:
                    links[entry.path] = target
    return links
