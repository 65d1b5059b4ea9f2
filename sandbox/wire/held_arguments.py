"""Arguments that a test still holds after a call: their mutable parts, numbered alike on both sides.

A test may look at a list again that it passed to a program: to see that it was sorted in place, or that it
was left alone. The judge keeps its own objects. What comes back is the content of those that the program
changed, by number, and in it and in the program's answer each of them stands as its number, so that they are
the judge's own objects there, too. Both sides load this; standard library only.
"""

from collections.abc import Callable, Iterator
from typing import Any, Final

from sandbox.wire.value_encoder import Encoder
from sandbox.wire.value_format import MAX_DEPTH, REFERENCE

__all__ = ["HeldParts", "ReferringEncoder", "content_of", "held_parts"]

_PLAIN: Final = frozenset({type(None), bool, int, float, str})
_WALKED: Final = frozenset({list, tuple, dict})


class HeldParts:  # no dataclass: what that imports would be copied with every process of a program
    """The mutable values within a call's arguments, each once.

    Attributes:
        found: lists, dicts, sets and bytearrays, in the order of the walk.
        aliased: whether one of them is there twice.
        plain: whether marshal gives exactly these arguments back.
    """

    __slots__ = ("aliased", "found", "plain")

    def __init__(self, found: list[Any], *, aliased: bool, plain: bool) -> None:
        self.found = found
        self.aliased = aliased
        self.plain = plain


def held_parts(args: tuple[Any, ...], kwargs: dict[str, Any]) -> HeldParts:
    """Return the mutable parts of a call's arguments; takes time in proportion to their size.

    >>> row = [0]
    >>> held_parts((1, [row, row], ({2},)), {}).found
    [[[0], [0]], [0], {2}]
    """
    found: list[Any] = []
    seen: set[int] = set()
    aliased, plain = False, True
    waiting: list[Any] = [*reversed(kwargs.values()), *reversed(args)]
    while waiting:
        value = waiting.pop()
        kind = type(value)
        if kind in _PLAIN:
            continue
        plain &= kind in _WALKED
        if not isinstance(value, list | tuple | dict | set | bytearray):
            continue
        if not isinstance(value, tuple):
            if id(value) in seen:
                aliased = True
                continue
            seen.add(id(value))
            found.append(value)
        if isinstance(value, dict):
            plain = plain and _PLAIN.issuperset(map(type, dict.keys(value)))
            waiting += reversed(list(dict.values(value)))
        elif isinstance(value, list):
            waiting += list.__reversed__(value)
        elif isinstance(value, tuple):
            waiting += tuple.__getitem__(value, slice(None, None, -1))
    return HeldParts(found, aliased=aliased, plain=plain)


def content_of(part: Any) -> Any:  # noqa: ANN401 - one of the four kinds
    """Return a copy of a mutable part, as deep as the part itself."""
    if isinstance(part, list):
        return list.copy(part)
    if isinstance(part, dict):
        return dict(dict.items(part))
    if isinstance(part, set):
        return set(set.__iter__(part))
    return bytearray(part)


class ReferringEncoder(Encoder):
    """Turns values into bytes in which the parts of held arguments stand as their numbers.

    Args:
        limit: as in `Encoder`.
        iterator_number: as in `Encoder`.
        parts: the parts, in the order of their numbers.
    """

    def __init__(
        self, limit: int, iterator_number: Callable[[Iterator[object]], int], parts: list[Any]
    ) -> None:
        super().__init__(limit, iterator_number)
        self._numbers = {id(part): number for number, part in enumerate(parts)}

    def _put(self, value: object, depth: int = MAX_DEPTH) -> None:
        number = self._numbers.get(id(value))
        if number is None:
            super()._put(value, depth)
        else:
            self._out += REFERENCE + number.to_bytes(4, "little")
