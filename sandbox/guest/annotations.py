"""Which annotations cannot fail, so that a program may be run without them.

To work an annotation out calls `typing`, which is written in Python and keeps caches. One that cannot fail
does nothing that a program could see. Runs on the untrusted side, on untrusted text; standard library only.
"""

import _ast
from typing import Any, Final

from sandbox.guest.allowlist import ANNOTATION_TYPES, TYPING

__all__ = ["cannot_fail"]

# Bare, these are values; as parameters they are errors.
_SPECIAL_FORMS: Final = frozenset({"Optional", "Union"})


def cannot_fail(node: Any, typing: dict[str, str], used: set[str]) -> bool:  # noqa: ANN401
    """Return whether evaluating an annotation has no visible effect; add the names it uses to `used`.

    Args:
        node: the annotation.
        typing: what names of `typing` the program's names stand for.
        used: names are added to it, all of which must be bound by nothing else.
    """
    if node.__class__ is _ast.Constant:
        return node.value is None or node.value.__class__ is str
    return _is_type(node, typing, used) or (
        node.__class__ is _ast.Name and typing.get(node.id) in _SPECIAL_FORMS and _noted(node.id, used)
    )


def _noted(name: str, used: set[str]) -> bool:
    used.add(name)
    return True


def _is_type(node: Any, typing: dict[str, str], used: set[str]) -> bool:  # noqa: ANN401
    """Whether this is a class or a form of `typing` that any other takes as a parameter."""
    kind = node.__class__
    if kind is _ast.Name:
        known = typing[node.id] not in _SPECIAL_FORMS if node.id in typing else node.id in ANNOTATION_TYPES
        return known and _noted(node.id, used)
    if kind is _ast.Subscript and node.value.__class__ is _ast.Name:
        name, inside = node.value.id, node.slice
        given = inside.elts if inside.__class__ is _ast.Tuple else [inside]
        used.add(name)
        if name in typing:
            return _takes(typing[name], given, typing, used)
        return ANNOTATION_TYPES.get(name, False) and bool(given) and _are_types(given, typing, used, name)
    if kind is _ast.BinOp and node.op.__class__ is _ast.BitOr:
        # Two of None are no union.
        return _is_type(node.left, typing, used) and (
            _is_none(node.right) or _is_type(node.right, typing, used)
        )
    return False


def _takes(form: str, given: list[Any], typing: dict[str, str], used: set[str]) -> bool:
    """Return whether a form of `typing` takes these parameters."""
    arity = TYPING[form]
    if not given:
        return False
    if form == "Callable":
        first = given[0]
        parts = first.elts if first.__class__ is _ast.List else []
        return (
            len(given) == 2
            and (first.__class__ is _ast.List or _is_ellipsis(first))
            and _are_types([*parts, given[1]], typing, used)
        )
    if form == "Tuple" and len(given) == 2 and _is_ellipsis(given[1]):
        given = given[:1]
    right = len(given) == arity or arity < 0
    return right and arity != 0 and _are_types(given, typing, used)


def _are_types(given: list[Any], typing: dict[str, str], used: set[str], of: str = "") -> bool:
    if of == "tuple" and len(given) == 2 and _is_ellipsis(given[1]):
        given = given[:1]
    return all(_is_none(each) or _is_type(each, typing, used) for each in given)


def _is_none(node: Any) -> bool:  # noqa: ANN401
    return node.__class__ is _ast.Constant and node.value is None


def _is_ellipsis(node: Any) -> bool:  # noqa: ANN401
    return node.__class__ is _ast.Constant and node.value is ...
