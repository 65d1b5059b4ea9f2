"""Column types that store the same values in SQLite and PostgreSQL.

Text that a model or a program wrote can hold NUL bytes and lone surrogates, which PostgreSQL's text cannot.
Short text is therefore escaped as in JSON, long text is kept as bytes, compressed where that pays.
"""

import json
import zlib
from typing import Any, Final

from sqlalchemy import Dialect, LargeBinary, Text
from sqlalchemy.types import TypeDecorator

__all__ = ["CompressedText", "EscapedText", "Json", "compress", "decompress"]

_PLAIN: Final = b"\x00"
_DEFLATED: Final = b"\x01"
_WORTH_COMPRESSING: Final = 400


class EscapedText(TypeDecorator[str]):
    """Text of any characters as ASCII with JSON's escapes; ordinary ASCII reads as itself."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Convert a value for the database."""
        return None if value is None else json.dumps(value)[1:-1]

    def process_result_value(self, value: Any | None, dialect: Dialect) -> str | None:  # noqa: ANN401, ARG002
        """Convert a value from the database."""
        return None if value is None else str(json.loads(f'"{value}"'))


class Json(TypeDecorator[Any]):
    """Any JSON value as ASCII text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any | None, dialect: Dialect) -> str | None:  # noqa: ANN401, ARG002
        """Convert a value for the database."""
        return None if value is None else json.dumps(value, separators=(",", ":"), default=str)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> Any:  # noqa: ANN401, ARG002
        """Convert a value from the database."""
        return None if value is None else json.loads(value)


class CompressedText(TypeDecorator[str]):
    """Text of any characters as bytes, compressed if it is long and becomes smaller."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:  # noqa: ARG002
        """Convert a value for the database."""
        return None if value is None else compress(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> str | None:  # noqa: ANN401, ARG002
        """Convert a value from the database."""
        return None if value is None else decompress(bytes(value))


def compress(text: str) -> bytes:
    r"""Return a text as a mark and bytes.

    >>> decompress(compress("a\ud800\x00"))
    'a\ud800\x00'
    """
    raw = text.encode("utf-8", "surrogatepass")
    if len(raw) >= _WORTH_COMPRESSING:
        deflated = zlib.compress(raw, 1)
        if len(deflated) < len(raw):
            return _DEFLATED + deflated
    return _PLAIN + raw


def decompress(packed: bytes) -> str:
    """Return the text that `compress` was given."""
    raw = zlib.decompress(packed[1:]) if packed[:1] == _DEFLATED else packed[1:]
    return raw.decode("utf-8", "surrogatepass")
