"""Predict the calls that a test will make, from its text and from the calls of earlier programs.

Most tests are asserts about calls with literal arguments, one after another. Prediction ends at the first
statement of `check` that is more than that. A wrong prediction costs a program only its own process.
"""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sandbox.wire.held_arguments import held_parts
from sandbox.wire.requests import call, held_call

__all__ = ["PredictedCalls", "literal_calls"]

# Statements that never change which one comes next, but for an assert that ends the test.
_STRAIGHT = (ast.Assert, ast.Assign, ast.Expr, ast.Import, ast.ImportFrom, ast.Pass)
# Expressions that evaluate all of their parts, in the order of their fields.
_WHOLE = (
    ast.Attribute, ast.BinOp, ast.Call, ast.Compare, ast.Constant, ast.List, ast.Name, ast.Set, ast.Subscript,
    ast.Tuple, ast.UnaryOp, ast.keyword,
)  # fmt: skip
_NO_EXPRESSIONS = (ast.operator, ast.unaryop, ast.cmpop, ast.expr_context)


class _EndError(Exception):
    """The next call cannot be predicted."""


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


_BATCHES: Final = (1, 16, 128, 1024)  # calls sent at once: a wrong program mostly shows it at its first
_BATCH_BYTES: Final = 64 << 10  # what the channel takes, so that neither side waits for the other to read


@dataclass(slots=True)
class PredictedCalls:
    """The calls that a check is known to make, encoded, in order.

    Attributes:
        requests: those that every program so far received.
        grows: false once two programs received different calls, which then depend on the answers, or once
            there is no room for more.
        room: bytes that may still be kept.
        listed_calls: the arguments of further calls, as the check itself lists them; None when there are
            none.
        holds: whether the test may look at an argument again after the call.
    """

    requests: list[bytes] = field(default_factory=list)
    grows: bool = True
    room: int = 4 << 20
    listed_calls: Iterator[Sequence[Any]] | None = None
    holds: bool = False

    def observe(self, number: int, request: bytes) -> None:
        """Record the call with this number that a test has just made."""
        known = self.requests
        self._prefetch(number + 1)
        if number == len(known) and self.grows:
            self._keep(request)
        elif number < len(known) and known[number] != request:
            del known[number:]
            self.grows = False

    def _keep(self, request: bytes) -> None:
        self.requests.append(request)
        self.room -= len(request)
        self.grows = self.room > 0

    def _prefetch(self, size: int) -> None:
        """Read calls from the check's list until so many are known or the list ends."""
        while self.listed_calls is not None and self.grows and len(self.requests) < size:
            try:
                self._keep(self._request(tuple(next(self.listed_calls))))
            except Exception:  # noqa: BLE001 - the end of the list, or no call: the test's own calls decide
                self.listed_calls = None

    def _request(self, args: tuple[Any, ...]) -> bytes:
        if self.holds and (parts := held_parts(args, {})).found:
            request = held_call(args, {}, parts, self.room)
            if request is not None:
                return request
        return call(args, self.room)

    def batch(self, number: int, request: bytes | None = None) -> list[bytes]:
        """Return the calls to send from that number on; `request`: the call that the test makes, if any."""
        if request is not None and self.requests[number : number + 1] != [request]:
            return [request]
        size = _BATCHES[(number > 0) + (number > 16) + (number > 144)]
        self._prefetch(number + size)
        chosen, room = self.requests[number : number + size], _BATCH_BYTES
        for count, each in enumerate(chosen):
            room -= len(each)
            if room < 0:
                return chosen[: max(count, request is not None)]
        return chosen
