"""Recognise forms of syntax that are allowed under conditions, from the nodes of a syntax tree.

Untrusted, and works on untrusted text; standard library only.
"""

import _ast
import _string  # type: ignore[import-not-found]
from typing import Any

__all__ = [
    "is_annotated",
    "is_lone_text",
    "is_main_block",
    "is_plain_template",
    "is_type_call",
    "none_at",
    "position",
]


def is_annotated(function: Any) -> bool:  # noqa: ANN401
    """Return whether a function has an annotation."""
    given = function.args
    parameters = (*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg)
    return function.returns is not None or any(each and each.annotation is not None for each in parameters)


def position(node: Any) -> tuple[int, int]:  # noqa: ANN401
    """Return line and column at which a node begins."""
    return node.lineno, node.col_offset


def is_lone_text(statement: Any) -> bool:  # noqa: ANN401
    """Return whether a statement is a string and nothing else."""
    return statement.__class__ is _ast.Expr and _is_text(statement.value)


def _is_text(node: Any) -> bool:  # noqa: ANN401
    return node.__class__ is _ast.Constant and node.value.__class__ is str


def none_at(node: Any) -> Any:  # noqa: ANN401
    """Return a node of the constant None at the position of another node."""
    return _ast.Constant(
        value=None, kind=None, lineno=node.lineno, col_offset=node.col_offset,
        end_lineno=node.end_lineno, end_col_offset=node.end_col_offset,
    )  # fmt: skip


def is_type_call(node: Any) -> bool:  # noqa: ANN401
    """Return whether a node is `type(x)`; as an operand of a comparison its value goes nowhere else."""
    return (
        node.__class__ is _ast.Call
        and node.func.__class__ is _ast.Name
        and node.func.id == "type"
        and len(node.args) == 1
        and not node.keywords
        and node.args[0].__class__ is not _ast.Starred
    )


def is_plain_template(node: Any) -> bool:  # noqa: ANN401
    """Return whether a template of `str.format` only inserts whole arguments, by order, number or name."""
    if not _is_text(node) or len(node.value) >= 1000:
        return False
    try:
        parts = [(field, spec) for _text, field, spec, _as in _string.formatter_parser(node.value)]
    except ValueError:  # no template at all
        return False
    # A field is a name or a number, without attributes or items; a specification has no fields in it.
    return all(
        field is None or ((not field or (field.isascii() and field.isalnum())) and "{" not in spec)
        for field, spec in parts
    )


def is_main_block(test: Any) -> bool:  # noqa: ANN401
    """Return whether a condition is `__name__ == "__main__"`."""
    return (
        test.__class__ is _ast.Compare
        and test.left.__class__ is _ast.Name
        and test.left.id == "__name__"
        and [op.__class__ for op in test.ops] == [_ast.Eq]
        and test.comparators[0].__class__ is _ast.Constant
        and test.comparators[0].value == "__main__"
    )
