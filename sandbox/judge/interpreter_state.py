"""State of the judge's own interpreter that one problem's test could leave behind for another's.

Tests are trusted, but many set the precision of `decimal`, filters of warnings or the depth of recursion, and
what one leaves behind must not decide about another problem's programs. This is no defence against text that
means harm.
"""

import ast
import builtins
import decimal
import gc
import importlib
import locale
import os
import sys
import warnings
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from types import ModuleType

__all__ = ["InterpreterState", "imported_modules", "may_leave_state"]

# Nothing that tests call of these stays; `random` is seeded again for each program.
_STATELESS: Final = frozenset(
    {
        "__future__", "array", "base64", "bisect", "cmath", "collections", "copy", "dataclasses", "datetime",
        "enum", "fractions", "functools", "hashlib", "heapq", "itertools", "json", "math", "numbers",
        "operator", "random", "re", "statistics", "string", "textwrap", "time", "typing",
    }
)  # fmt: skip
_OWN_WAY: Final = frozenset({"sys", "warnings"})  # not restored as a whole
_REACHING: Final = frozenset(
    {"__builtins__", "globals", "setattr", "delattr", "vars", "__dict__", "__globals__"}
)


def may_leave_state(trees: Sequence[ast.Module]) -> bool:
    r"""Return whether a problem's text may change what belongs to the interpreter and not to its test.

    >>> text = "import math\ndef check(f):\n    {}\n    assert f(1) == 3\n"
    >>> [may_leave_state([ast.parse(text.format(line))]) for line in ("math.pi = 3", "pi = math.pi")]
    [True, False]
    """
    modules = imported_modules(trees)
    if not {name.partition(".")[0] for name in modules} <= _STATELESS:
        return True
    return any(
        (
            isinstance(node, ast.Attribute)
            and (
                node.attr in _REACHING
                or (isinstance(node.ctx, ast.Store | ast.Del) and _root(node) != "self")
            )
        )
        or (isinstance(node, ast.Name) and node.id in _REACHING)
        for tree in trees
        for node in ast.walk(tree)
    )


def imported_modules(trees: Iterable[ast.Module]) -> set[str]:
    """Return the names of the modules that texts import anywhere."""
    found: set[str] = set()
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                found.update(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module)
    return found


def _root(node: ast.expr) -> str:
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


class InterpreterState:
    """What tests may change, as it was when this object was made or a module was first watched."""

    def __init__(self) -> None:
        self._modules: dict[ModuleType, dict[str, Any]] = {builtins: dict(vars(builtins))}
        self._recursion = sys.getrecursionlimit()
        self._digits = sys.get_int_max_str_digits()
        self._streams = (sys.stdin, sys.stdout, sys.stderr)
        self._filters = list(warnings.filters)
        self._environment = dict(os.environ)
        self._context = decimal.getcontext().copy()
        self._locale = locale.setlocale(locale.LC_ALL)
        self._collects = gc.isenabled()

    def watch(self, names: Iterable[str]) -> None:
        """Import modules, and keep what they hold now unless they are watched already."""
        for name in names:
            try:
                module = importlib.import_module(name)
            except Exception:  # noqa: BLE001, S112 - the text itself will meet it
                continue
            if name not in _OWN_WAY and module not in self._modules:
                self._modules[module] = dict(vars(module))

    def restore(self) -> None:
        """Undo what was changed."""
        for module, before in self._modules.items():
            now = vars(module)
            if now.keys() != before.keys() or any(now[name] is not before[name] for name in before):
                now.clear()
                now.update(before)
        sys.setrecursionlimit(self._recursion)
        sys.set_int_max_str_digits(self._digits)
        sys.stdin, sys.stdout, sys.stderr = self._streams
        if list(warnings.filters) != self._filters:
            warnings.filters[:] = self._filters  # type: ignore[index] # it is a list
            warnings._filters_mutated()  # type: ignore[attr-defined] # noqa: SLF001 - what simplefilter calls
        if os.environ != self._environment:
            os.environ.clear()
            os.environ.update(self._environment)
        decimal.setcontext(self._context.copy())
        if locale.setlocale(locale.LC_ALL) != self._locale:
            locale.setlocale(locale.LC_ALL, self._locale)
        if self._collects:
            gc.enable()
