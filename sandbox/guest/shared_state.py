"""What the programs of a shared process share, and the checks that tell whether it is unchanged."""

import _imp
import builtins
import gc
import math
import os
import resource
import sys
from collections.abc import Callable
from types import CodeType
from typing import Any

from sandbox.guest.allowlist import BUILTINS, MATH
from sandbox.guest.verifier import verified

__all__ = ["SharedState", "importable_names"]

_GROWTH_KIB = 64 << 10


class SharedState:
    """What the programs of a shared process share, and the checks that tell whether it is unchanged.

    Args:
        importable: the names of all top-level modules that are there.

    Attributes:
        math: what stands for the module `math`: a module that has the names of `MATH`, and no others.
    """

    def __init__(self, importable: frozenset[str]) -> None:
        self._importable = importable
        self.math: Any = type(sys)("math")
        vars(self.math).update({name: getattr(math, name) for name in sorted(MATH) if hasattr(math, name)})
        self._builtins: dict[str, Any] = {name: getattr(builtins, name) for name in BUILTINS}
        # What a bare namespace finds under this name: that of the module of builtins.
        self._builtins |= {"__name__": "builtins", "__import__": self._import, "type": type}
        # Their identity and content, as lists that one comparison goes through.
        self._watched = [vars(builtins), self._builtins, vars(self.math)]
        self._kept: list[dict[str, Any]] = []
        self._at_start: object = None
        self._most_kib = 0
        self.begin()

    def begin(self) -> None:
        """Record the present state as the one that must not change."""
        self._kept = [dict(held) for held in self._watched]
        self._at_start = self._snapshot()

    def namespace(self) -> dict[str, Any]:
        """Return globals for one program, with builtins of its own."""
        return {"__builtins__": self._builtins.copy()}

    def compiler(self, entry_point: str) -> Callable[[str, str], CodeType]:
        """Return what compiles a text with this entry point; it raises what `verified` does."""

        def compiler(source: str, name: str) -> CodeType:
            return verified(source, name, self.is_absent, entry_point)

        return compiler

    def is_unchanged(self) -> bool:
        """Return whether every shared object is the same, with the same content, and memory has not grown."""
        peak_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        self._most_kib = self._most_kib or peak_kib + _GROWTH_KIB
        return (
            self._watched == self._kept and self._snapshot() == self._at_start and peak_kib < self._most_kib
        )

    def is_absent(self, name: str) -> bool:
        """Return whether no top-level module has this name, so that importing it only fails."""
        return name not in self._importable and name not in sys.modules and not _imp.is_frozen(name)

    def _import(
        self, name: str, _globals: object = None, _locals: object = None, _names: object = (), _level: int = 0
    ) -> object:
        if name == "math":
            return self.math
        absent = name.partition(".")[0]
        raise ModuleNotFoundError(f"No module named {absent!r}", name=absent)

    def _snapshot(self) -> object:
        """Return the interpreter's settings that a program could change and another one notice."""
        return (
            len(sys.modules), sys.getrecursionlimit(), sys.gettrace(), sys.getprofile(),
            sys.stdin, sys.stdout, sys.stderr, gc.get_threshold(),
        )  # fmt: skip


def importable_names() -> frozenset[str]:
    """Return the names of all top-level modules that an import here finds, as far as file names tell."""
    names = set(sys.builtin_module_names) | set(sys.stdlib_module_names) | set(sys.modules)
    for folder in sys.path:
        try:
            names.update(entry.partition(".")[0] for entry in os.listdir(folder or "."))
        except OSError:
            continue  # nothing can be imported from there either
    return frozenset(names)
