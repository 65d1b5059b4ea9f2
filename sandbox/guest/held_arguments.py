"""What a program did to the arguments of one call, told by comparing them with what they were.

Runs on the untrusted side; standard library only. Contents are compared by identity, so that nothing which a
program wrote into them is asked.
"""

from _operator import is_  # loaded already, unlike the module that it is public in
from collections.abc import Callable, Iterator
from typing import Any

from sandbox.wire.held_arguments import ReferringEncoder, content_of, held_parts

__all__ = ["HeldArguments"]


class HeldArguments:
    """The arguments of a call that the judge still holds; made before the call.

    Args:
        args: the positional ones.
        kwargs: those by name.
    """

    def __init__(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self._parts = held_parts(args, kwargs).found
        self._before = [_items(part) for part in self._parts]

    def encoded(self, value: object, limit: int, iterator_number: Callable[[Iterator[object]], int]) -> bytes:
        """Return what was changed and a value as bytes; raises `ValueLimitError` if they are too large."""
        changes = tuple(
            (number, content_of(part))
            for number, (part, before) in enumerate(zip(self._parts, self._before, strict=True))
            if not _same(_items(part), before)
        )
        return ReferringEncoder(limit, iterator_number, self._parts).encode((changes, value))


def _items(part: Any) -> list[Any] | bytes:  # noqa: ANN401 - a mutable part
    if type(part) is dict:
        return [*part, *part.values()]
    return bytes(part) if type(part) is bytearray else list(part)


def _same(now: list[Any] | bytes, before: list[Any] | bytes) -> bool:
    if type(now) is bytes:
        return now == before
    return len(now) == len(before) and all(map(is_, now, before))
