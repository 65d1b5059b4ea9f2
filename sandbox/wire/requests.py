"""Encode what the judge sends to the process of a program: the program, and calls.

The sender is trusted, so plain values are encoded by marshal, which costs the process least; other values are
encoded by `value_encoder`. Nothing ever comes back as marshal.
"""

import marshal
from typing import Any, Final

from sandbox.wire.frames import CALL, HELD_CALL, PLAIN_CALL, PLAIN_HELD_CALL, PROGRAM, frame
from sandbox.wire.held_arguments import HeldParts
from sandbox.wire.value_encoder import encode
from sandbox.wire.value_format import MAX_DEPTH, ValueLimitError

__all__ = ["call", "held_call", "marshalled", "program", "script"]

# A version without references: the same value always gives the same bytes.
_VERSION: Final = 2
_WITH_REFERENCES: Final = 4  # keeps what is one object twice as one
_PLAIN: Final = frozenset({type(None), bool, int, float, str})


def marshalled(value: Any) -> bytes:  # noqa: ANN401 - whether marshal takes it is marshal's to say
    """Encode a value by marshal; raises `ValueError` for one that it does not take."""
    return marshal.dumps(value, _VERSION)


def program(mode: str, source: str | bytes, entry_point: str = "") -> bytes:
    """Return the frame that says what the process is to be, and for which program.

    `source` is its text, or its code as marshal has it.
    """
    return frame(PROGRAM, marshalled((mode, source, entry_point)))


def script(source: str, files: list[tuple[str, bytes]], fetch: list[str]) -> bytes:
    """Return the frame that makes the process run a script; `files` are name and content, `fetch` names."""
    return frame(PROGRAM, marshalled(("script", source, (files, fetch))))


def call(args: tuple[Any, ...], limit: int) -> bytes:
    """Return the frame of a call; raise `ValueLimitError` beyond `limit` bytes."""
    if _is_plain(args, MAX_DEPTH):
        payload = marshalled(args)
        if len(payload) <= limit:
            return frame(PLAIN_CALL, payload)
    return frame(CALL, encode(args, limit))


def held_call(args: tuple[Any, ...], kwargs: dict[str, Any], parts: HeldParts, limit: int) -> bytes | None:
    """Return the frame of a call whose arguments the test holds; raise as `call` does.

    None where one object is there twice and cannot be sent as one: then nothing can be told of it afterwards.
    """
    if parts.plain:
        try:
            payload = marshal.dumps((args, kwargs), _WITH_REFERENCES if parts.aliased else _VERSION)
        except ValueError as error:
            raise ValueLimitError(f"a value is nested too deep: {error}") from None
        if len(payload) <= limit:
            return frame(PLAIN_HELD_CALL, payload)
    return None if parts.aliased else frame(HELD_CALL, encode((args, kwargs), limit))


def _is_plain(value: Any, depth: int) -> bool:  # noqa: ANN401 - what a test passes
    """Whether marshal gives exactly this value, and no other has the same bytes."""
    kind = type(value)
    if kind is list or kind is tuple:
        return depth > 0 and all(type(each) in _PLAIN or _is_plain(each, depth - 1) for each in value)
    if kind is dict:
        return depth > 0 and all(_is_plain(each, depth - 1) for pair in value.items() for each in pair)
    return kind in _PLAIN
