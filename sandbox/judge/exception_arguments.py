"""The arguments that give an exception the text which a program's exception had."""

import ast
from collections.abc import Mapping
from typing import Final

__all__ = ["exception_arguments"]

# What these take before their reason.
_BEFORE: Final[Mapping[type, tuple[object, ...]]] = {
    UnicodeDecodeError: ("unknown", b"?", 0, 1),
    UnicodeEncodeError: ("unknown", "?", 0, 1),
    UnicodeTranslateError: ("?", 0, 1),
}


def exception_arguments(kind: type[BaseException], message: str) -> tuple[object, ...]:
    """Return arguments with which an exception of a builtin class has this text.

    The text of a `KeyError` is the `repr` of its key. One of a `UnicodeError` that names a place becomes the
    reason, and the text holds it.

    >>> [str(KeyError(*exception_arguments(KeyError, text))) for text in ("'a'", "(1, 2)", "<key>", "")]
    ["'a'", '(1, 2)', '<key>', '']
    """
    before = _BEFORE.get(kind)
    if before is not None:
        return (*before, message)
    if not message:
        return ()
    return (_key(message),) if issubclass(kind, KeyError) else (message,)


def _key(text: str) -> object:
    """Return a plain value of this `repr`, or else what stands for one."""
    try:
        value: object = ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return _Key(text)
    return value if repr(value) == text else _Key(text)


class _Key:
    """Stands for a key that is no plain value."""

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return self._text
