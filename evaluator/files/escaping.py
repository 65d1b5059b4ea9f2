"""Text from files and completions, made safe to show: bounded, and without control codes."""

import unicodedata

__all__ = ["encodable", "printable"]

# Cc: controls (ESC among them). Cf: bidirectional overrides and joiners that reorder or hide text.
# Cs: lone surrogates, which no terminal encoding can carry. Zl, Zp: line ends a table does not expect.
_UNSAFE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def printable(text: str, limit: int = 200) -> str:
    r"""Return `text` with control and format characters spelled out, cut to `limit` characters.

    >>> printable("\x1b[31mred")
    '\\x1b[31mred'
    >>> printable("abcdef", limit=3)
    'abc...'
    """
    shown = text[:limit]
    if not (shown.isascii() and shown.isprintable()):
        shown = "".join(_spell(char) if unicodedata.category(char) in _UNSAFE else char for char in shown)
    return shown + "..." if len(text) > limit else shown


def _spell(char: str) -> str:
    return char.encode("unicode_escape", "surrogatepass").decode("ascii")


def encodable(value: object) -> object:
    """Replace lone surrogates, which UTF-8 cannot hold, by escapes."""
    return value.encode("utf-8", "backslashreplace").decode() if isinstance(value, str) else value
