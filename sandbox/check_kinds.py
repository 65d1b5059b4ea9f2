"""The kinds of check, and how each crosses from process to process as plain values."""

from collections.abc import Sequence
from dataclasses import asdict, fields
from typing import Any, Final

from sandbox.program import Check
from sandbox.stdio_check import StdioCheck
from sandbox.unittest_check import UnittestCheck

__all__ = ["check_from_plain", "plain_check"]

_KINDS: Final[dict[str, type[Check]]] = {kind.__name__: kind for kind in (Check, StdioCheck, UnittestCheck)}


def plain_check(check: Check) -> list[Any]:
    """Return a check as plain values, which JSON holds: the name of its kind, then its fields."""
    return [type(check).__name__, *asdict(check).values()]


def check_from_plain(parts: Sequence[Any]) -> Check:
    """Return the check that `plain_check` was given.

    Raises:
        ValueError: the kind is unknown, as of a newer version.
    """
    name, *values = parts
    kind = _KINDS.get(name)
    if kind is None:
        raise ValueError(f"a check of unknown kind {name!r:.60}; the versions of both sides differ")
    named = dict(zip((each.name for each in fields(kind)), values, strict=True))
    if kind is StdioCheck:
        named["tests"] = tuple((given, expected) for given, expected in named["tests"])
    return kind(**named)
