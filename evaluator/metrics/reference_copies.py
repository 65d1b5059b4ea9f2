"""Whether a completion is the canonical solution again, give or take names, layout and remarks.

A benchmark's solutions are on the web, so a model may have seen them. A match is no proof of that: where
there is one natural way to write a function, honest solutions match too, so look at long solutions.

Ask only about programs that passed: their text has been through the same parser in the jail before, so it
does not kill this process's, and its length is bounded here.
"""

import ast
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from evaluator.problems import Problem

__all__ = ["copies_canonical"]

_ROOM: Final = 4  # a copy with remarks is at most so many times as long as the original, and 2,000 characters
_UNREADABLE: Final = (SyntaxError, ValueError, RecursionError, MemoryError)
_ANYTHING: Final = "_"
_MARKS: Final = ("return", "for", "while", "if", "lambda", "*", "/", "%", "<", ">", "=", "[", "{", ":")

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def copies_canonical(problem: Problem, source: str) -> bool | None:
    """Return whether a program is the canonical solution but for names, layout and remarks.

    Compared are the syntax trees of the entry point and of what it uses of the module, without docstrings,
    annotations and imports, and with every name that the program binds, the entry point's apart, replaced by
    its number in order of appearance. So a copy with other variables or comments matches; one in which two
    statements are swapped, or a loop is a comprehension, does not.

    Args:
        problem: the problem.
        source: the whole program, as it is run.

    Returns:
        None where the set has no canonical solution.
    """
    if problem.canonical_solution is None:
        return None
    original = problem.prompt + problem.canonical_solution
    if len(source) > _ROOM * len(original) + 2_000:
        return False
    form, marks, names = _of_original(original, problem.entry_point)
    # Counting a few words tells most programs that are no copy, thirty times as fast as a parser does.
    own = source.removeprefix(problem.prompt)
    if form is None or any(own.count(mark) < count for mark, count in marks):
        return False
    # Names that are not ASCII can be spelt in several ways.
    if own.isascii() and any(own.count(name) < count for name, count in names):
        return False
    return _normal_form(source, problem.entry_point) == form


class _Original(NamedTuple):
    """A canonical solution, and what the body of a copy has at least so many of.

    Attributes:
        form: its normal form; None if it cannot be read.
        marks: keywords and signs.
        names: the names of what it uses and does not bind.
    """

    form: str | None
    marks: tuple[tuple[str, int], ...] = ()
    names: tuple[tuple[str, int], ...] = ()


@lru_cache(maxsize=2048)
def _of_original(original: str, entry_point: str) -> _Original:
    form = _normal_form(original, entry_point)
    if form is None:
        return _Original(None)
    tree = _needed(original, entry_point)
    bound = _bound(tree) | {_ANYTHING}
    entry = next(iter(tree.body))
    assert isinstance(entry, Definition)
    body = ast.Module([_Plain().visit(node) for node in _without_remarks(entry.body)], [])
    text = ast.unparse(body)
    marks = tuple((mark, count) for mark in _MARKS if (count := text.count(mark)))
    used = Counter(name for node in ast.walk(body) for name in _used(node) if name not in bound)
    return _Original(form, marks, tuple(used.items()))


def _used(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Attribute(attr=name) | ast.Name(id=name):
            yield name


@lru_cache(maxsize=512)  # models repeat themselves
def _normal_form(source: str, entry_point: str) -> str | None:
    """Return a program as text of its normalised tree; None if it cannot be read or lacks the entry point."""
    try:
        tree = _needed(source, entry_point)
        return ast.dump(_Normal(_bound(tree) - {entry_point}).visit(tree)) if tree.body else None
    except _UNREADABLE:
        return None


def _needed(source: str, entry_point: str) -> ast.Module:
    """Return the definition of the entry point and those that it uses, in the order in which it does."""
    defined: dict[str, Definition] = {
        node.name: node for node in ast.parse(source).body if isinstance(node, Definition)
    }
    kept: list[ast.stmt] = []
    wanted = [entry_point]
    for name in wanted:
        if name in defined:
            node = defined.pop(name)
            kept.append(node)
            wanted += [each.id for each in ast.walk(node) if isinstance(each, ast.Name)]
    return ast.Module(kept, [])


def _bound(tree: ast.Module) -> set[str]:
    return {name for node in ast.walk(tree) for name in _names(node)}


def _names(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
            yield name
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.ExceptHandler(name=str(name)):
            yield name


class _Normal(ast.NodeTransformer):
    """Takes off what a copy may change without being another program."""

    def __init__(self, bound: set[str]) -> None:
        self._bound = bound
        self._numbers: dict[str, str] = {}

    def _renamed(self, name: str) -> str:
        if name not in self._bound:
            return name
        return self._numbers.setdefault(name, f"_{len(self._numbers)}")

    def generic_visit(self, node: ast.AST) -> ast.AST:
        for name, value in ast.iter_fields(node):
            if name in {"annotation", "returns", "type_comment"} and not isinstance(node, ast.AnnAssign):
                setattr(node, name, None)
            elif name in {"body", "orelse", "finalbody"} and isinstance(value, list):
                setattr(node, name, _without_remarks(value))
            elif isinstance(value, str) and not isinstance(node, ast.Attribute | ast.keyword | ast.Constant):
                setattr(node, name, self._renamed(value))
        return super().generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST | None:
        if node.value is None:
            return None
        plain: ast.AST = self.visit(ast.Assign([node.target], node.value))
        return plain


class _Plain(ast.NodeTransformer):
    """Takes out what a copy may write with other marks: constants, annotations and formatted text."""

    def visit_Constant(self, _node: ast.Constant) -> ast.AST:
        return ast.Name(_ANYTHING)

    def visit_JoinedStr(self, _node: ast.JoinedStr) -> ast.AST:
        return ast.Name(_ANYTHING)

    def visit_arg(self, node: ast.arg) -> ast.AST:
        return ast.arg(node.arg)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.returns = None
        return self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        return ast.Expr(self.visit(node.value)) if node.value else ast.Pass()


def _without_remarks(body: Sequence[ast.stmt]) -> list[ast.stmt]:
    """Leave out docstrings and other values that stand alone, imports, and `pass` beside other statements."""
    kept = [node for node in body if not _says_nothing(node)]
    return kept or [ast.Pass()]


def _says_nothing(node: ast.stmt) -> bool:
    is_remark = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return is_remark or isinstance(node, ast.Import | ast.ImportFrom | ast.Pass)
