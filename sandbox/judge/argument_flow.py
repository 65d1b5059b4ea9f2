"""Where a test's values come from: arguments of calls of the program, or what such calls returned.

It is read off the text, name by name. What is not followed, such as a program that is called by another
function of the test, counts as if everything met.
"""

import ast
import copy
from collections.abc import Iterator, Sequence
from typing import Final

__all__ = ["Flow", "may_expect_from_arguments", "nodes_but_literals"]

# Statements that hold others, which stand for themselves.
_BLOCKS: Final = (
    ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.With, ast.Try, ast.Import, ast.ImportFrom,
)  # fmt: skip
_FUNCTIONS: Final = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
# What they say of an argument is not its content.
_MEASURES: Final = frozenset({"len", "type", "isinstance", "id", "hash"})
_CALL: Final = ""  # stands for a call of the program among the names of a value


def nodes_but_literals(tree: ast.AST) -> list[ast.AST]:
    """Return the nodes of a tree in which a constant stands for each long literal."""
    return list(ast.walk(_shortened(tree)))


def _shortened(node: ast.AST) -> ast.AST:
    if isinstance(node, ast.List | ast.Tuple | ast.Set) and len(node.elts) > _SHORT and _is_literal(node):
        return _NOTHING
    short = copy.copy(node)
    for name, value in ast.iter_fields(node):
        if isinstance(value, list):
            setattr(short, name, [_shortened(each) if isinstance(each, ast.AST) else each for each in value])
        elif isinstance(value, ast.AST):
            setattr(short, name, _shortened(value))
    return short


_SHORT: Final = 8
_NOTHING: Final = ast.Constant(None)


def _is_literal(node: ast.AST) -> bool:
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        return all(map(_is_literal, node.elts))
    return isinstance(node, ast.Constant)


def may_expect_from_arguments(nodes: Sequence[ast.AST], candidates: set[str]) -> bool:
    r"""Return whether a test may work out from an argument, after the call, what it expects.

    It may where what calls returned and what they were given meet in one statement.

    Args:
        nodes: of the test.
        candidates: the names by which it may call the program.

    >>> text = "def check(f):\n    a = [2, 1]\n    b = f(a)\n    assert b == {}\n"
    >>> trees = [ast.walk(ast.parse(text.format(each))) for each in ("sorted(a)", "[1, 2]")]
    >>> [may_expect_from_arguments(list(each), {"f"}) for each in trees]
    [True, False]
    """
    if _is_hidden(nodes, candidates):
        return True
    flow = Flow(nodes, candidates, strict=True)
    return any(
        flow.meet_in(node)
        for node in nodes
        if isinstance(node, ast.stmt | ast.withitem) and not isinstance(node, _BLOCKS)
    )


def _is_hidden(nodes: Sequence[ast.AST], candidates: set[str]) -> bool:
    """Whether the program may be called otherwise than by its name in `check` itself."""
    called = {id(node.func) for node in nodes if isinstance(node, ast.Call)}
    return any(
        isinstance(node, ast.Name) and node.id in candidates and id(node) not in called for node in nodes
    ) or any(
        isinstance(part, ast.Name) and part.id in candidates
        for node in nodes
        if isinstance(node, _FUNCTIONS) and getattr(node, "name", "") != "check"
        for part in ast.walk(node)
    )


class Flow:
    """Which names of a test hold arguments of calls of the program, and which what calls returned.

    Args:
        nodes: of the test.
        candidates: the names by which it may call the program.
        strict: whether what an argument was taken from counts as an argument, too, and the place at which a
            part of a value is taken as a part of it.
    """

    def __init__(self, nodes: Sequence[ast.AST], candidates: set[str], *, strict: bool = False) -> None:
        self._candidates = candidates
        self._strict = strict
        calls = [node for node in nodes if isinstance(node, ast.Call) and self.calls(node)]
        given = [value for call in calls for value in (*call.args, *(each.value for each in call.keywords))]
        self._arguments = {
            part.id for value in given for part in ast.walk(value) if isinstance(part, ast.Name)
        } - candidates
        self._results = {_CALL}
        bindings = [
            (set(_names_of(target)), self._parts(value))
            for node in nodes
            for target, value in _bindings(node)
        ]
        before = -1
        while before != len(self._arguments) + len(self._results):
            before = len(self._arguments) + len(self._results)
            for names, parts in bindings:
                if parts & self._results:
                    self._results |= names
                if parts & self._arguments:
                    self._arguments |= names
                if strict and names & self._arguments:
                    self._arguments |= parts - self._results

    def calls(self, call: ast.Call) -> bool:
        """Return whether it is a call of the program."""
        return isinstance(call.func, ast.Name) and call.func.id in self._candidates

    def meet_in(self, node: ast.AST) -> bool:
        """Return whether what a call returned and an argument both have a part in a statement."""
        parts = self._parts(node)
        return bool(parts & self._results) and bool(parts & self._arguments)

    def is_content(self, node: ast.expr) -> bool:
        """Return whether a value is an argument's content, or a part of it, and of nothing returned."""
        parts = self._parts(node)
        name = getattr(getattr(node, "func", None), "id", "")
        return name not in _MEASURES and bool(parts & self._arguments) and not parts & self._results

    def is_independent(self, node: ast.expr) -> bool:
        """Return whether neither arguments nor what calls returned have a part in a value."""
        return not self._parts(node) & (self._arguments | self._results)

    def _parts(self, node: ast.AST) -> set[str]:
        """Return the names in a value but for those that are handed to a call of the program."""
        found: set[str] = set()
        waiting = [node]
        while waiting:
            each = waiting.pop()
            if isinstance(each, ast.Name):
                found.add(each.id)
            elif isinstance(each, ast.Call) and self.calls(each):
                found.add(_CALL)
            elif isinstance(each, ast.Subscript) and not self._strict:
                waiting.append(each.value)
            else:
                waiting.extend(ast.iter_child_nodes(each))
        return found


def _names_of(target: ast.AST) -> Iterator[str]:
    return (part.id for part in ast.walk(target) if isinstance(part, ast.Name))


def _bindings(node: ast.AST) -> Iterator[tuple[ast.AST, ast.expr]]:
    """Yield what a node binds: a target, and the value that it or its items come from."""
    if isinstance(node, ast.Assign):
        for target in node.targets:
            yield from _matched(target, node.value)
    elif isinstance(node, ast.AnnAssign | ast.AugAssign | ast.NamedExpr) and node.value is not None:
        yield node.target, node.value
    elif isinstance(node, ast.For | ast.comprehension):
        yield from _matched_items(node.target, node.iter)
    elif isinstance(node, ast.withitem) and node.optional_vars is not None:
        yield node.optional_vars, node.context_expr


def _matched(target: ast.expr, value: ast.expr) -> Iterator[tuple[ast.AST, ast.expr]]:
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) and _pairs_up(target, value.elts):
        for one, other in zip(target.elts, value.elts, strict=True):
            yield from _matched(one, other)
    else:
        yield target, value


def _matched_items(target: ast.expr, values: ast.expr) -> Iterator[tuple[ast.AST, ast.expr]]:
    """Match a target with what the items of a value come from: `zip` and `enumerate` are looked through."""
    name = values.func.id if isinstance(values, ast.Call) and isinstance(values.func, ast.Name) else ""
    given = values.args if isinstance(values, ast.Call) else []
    if name == "zip" and isinstance(target, ast.Tuple) and _pairs_up(target, given):
        for one, other in zip(target.elts, given, strict=True):
            yield from _matched_items(one, other)
    elif name == "enumerate" and isinstance(target, ast.Tuple) and len(target.elts) == 2 and len(given) == 1:
        yield from _matched_items(target.elts[1], given[0])
    else:
        yield target, values


def _pairs_up(target: ast.Tuple, values: Sequence[ast.expr]) -> bool:
    return len(target.elts) == len(values) and not any(
        isinstance(each, ast.Starred) for each in (*target.elts, *values)
    )
