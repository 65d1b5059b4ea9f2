"""The file tree of the sandbox image: an interpreter, its standard library, and nothing else.

    python -m sandbox.backends.docker.image FOLDER

The Dockerfile runs this while it builds; the tree has no shell, no package manager and no packages.
"""

import shutil
import sys
from pathlib import Path
from typing import Final

from sandbox.jail.interpreter import Interpreter, describe_interpreter

__all__ = ["fill"]

_LEFT_OUT: Final = (
    "site-packages",
    "dist-packages",
    "test",
    "tests",
    "idlelib",
    "ensurepip",
    "turtledemo",
    "config-*",
)
_LINKER_CACHE: Final = Path("/etc/ld.so.cache")
_FOLDERS: Final = ("dev", "etc", "proc", "run/passlaw", "sys", "tmp")


def fill(folder: Path, interpreter: Interpreter) -> None:
    """Copy what an interpreter needs into a folder, at the same paths, with `/python` leading to it."""
    for path in interpreter.files():
        target = folder / path.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        if Path(path).is_dir():
            shutil.copytree(
                path, target, symlinks=True, ignore=shutil.ignore_patterns(*_LEFT_OUT), dirs_exist_ok=True
            )
        else:
            shutil.copy2(path, target)
    for link, path in interpreter.links.items():
        at = folder / link.lstrip("/")
        if not at.parent.resolve().joinpath(at.name).exists():
            at.parent.mkdir(parents=True, exist_ok=True)
            at.symlink_to(path)
    for name in _FOLDERS:
        (folder / name).mkdir(parents=True, exist_ok=True)
    if _LINKER_CACHE.exists():
        shutil.copy2(_LINKER_CACHE, folder / "etc")
    (folder / "python").symlink_to(interpreter.executable)


if __name__ == "__main__":
    fill(Path(sys.argv[1]), describe_interpreter())
