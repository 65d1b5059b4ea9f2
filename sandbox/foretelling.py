"""The calls that a test will make, as far as its text tells.

Most tests are asserts about calls with literal arguments, one after another. Where `check` is more than that,
what is read ends; a call that is foretold wrongly costs a program no more than a process of its own.
"""

import ast
from collections.abc import Iterator
from typing import Any

__all__ = ["literal_calls"]

# Statements that never change which one comes next, but for an assert that ends the test.
_STRAIGHT = (ast.Assert, ast.Assign, ast.Expr, ast.Import, ast.ImportFrom, ast.Pass)
# Expressions that evaluate all of their parts, in the order of their fields.
_WHOLE = (
    ast.Attribute, ast.BinOp, ast.Call, ast.Compare, ast.Constant, ast.List, ast.Name, ast.Set, ast.Subscript,
    ast.Tuple, ast.UnaryOp, ast.keyword,
)  # fmt: skip
_NO_EXPRESSIONS = (ast.operator, ast.unaryop, ast.cmpop, ast.expr_context)


class _EndError(Exception):
    """What comes next cannot be told."""


def literal_calls(tree: ast.Module, entry_point: str) -> Iterator[tuple[Any, ...]]:
    r"""Yield the positional arguments of the calls that `check(candidate)` makes, in their order.

    >>> text = "def check(f):\n    assert f(1, [2]) == add(3, [])\n    assert -f(4)\n    for x in []: f(x)\n"
    >>> list(literal_calls(ast.parse(text), "add"))
    [(1, [2]), (3, []), (4,)]
    """
    for function in tree.body:
        if isinstance(function, ast.FunctionDef) and function.name == "check" and function.args.args:
            names = {function.args.args[0].arg, entry_point}
            try:
                for statement in function.body:
                    yield from _of_statement(statement, names)
            except _EndError:
                return


def _of_statement(statement: ast.stmt, names: set[str]) -> Iterator[tuple[Any, ...]]:
    if not isinstance(statement, _STRAIGHT):
        raise _EndError
    if isinstance(statement, ast.Assert):
        yield from _of_expression(statement.test, names)
    elif isinstance(statement, ast.Assign | ast.Expr):
        yield from _of_expression(statement.value, names)


def _of_expression(node: ast.AST, names: set[str]) -> Iterator[tuple[Any, ...]]:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
        if node.keywords:
            raise _EndError
        try:
            yield tuple(map(ast.literal_eval, node.args))
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
            raise _EndError from None
    elif isinstance(node, _WHOLE):
        for part in ast.iter_child_nodes(node):
            yield from _of_expression(part, names)
    elif not isinstance(node, _NO_EXPRESSIONS) and _speaks_of(node, names):
        raise _EndError


def _speaks_of(node: ast.AST, names: set[str]) -> bool:
    return any(isinstance(each, ast.Name) and each.id in names for each in ast.walk(node))
