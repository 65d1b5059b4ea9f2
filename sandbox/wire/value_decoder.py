"""Decode values in the format of `value_format`. Standard library only: both sides load this."""

import struct
from collections.abc import Callable
from typing import Any

from sandbox.wire.value_format import (
    DEFAULT_LIMIT,
    MAX_DEPTH,
    REFERENCE,
    DecodingError,
    Opaque,
    ValueLimitError,
)

__all__ = ["Decoder", "decode"]

_U32 = struct.Struct("<I")
_I64 = struct.Struct("<q")
_F64 = struct.Struct("<d")
_C128 = struct.Struct("<dd")
_INT = struct.Struct("<cq")
_INT_TAG = ord("i")
_CONSTANTS = {b"n": None, b"T": True, b"F": False}
_FRACTION_BITS = 1 << 15


def decode(data: bytes) -> Any:  # noqa: ANN401 - any value may arrive
    """Return the value that `data` holds; raises `DecodingError` unless it is exactly one value."""
    return Decoder().decode(data)


class Decoder:
    """Turns bytes from the untrusted side into values, within the bytes' own length.

    Args:
        limit: most bytes that a value which is sent as a rule, such as a range, may stand for.
        iterator: called with the number and type name of each iterator that arrives; without it an
            iterator is opaque.

    Attributes:
        parts: of the arguments that the judge holds, which values may refer to by number; none as a rule.
    """

    def __init__(
        self, limit: int = DEFAULT_LIMIT, iterator: Callable[[int, str], object] | None = None
    ) -> None:
        self._limit = limit
        self._iterator = iterator
        self.parts: list[Any] = []
        self._data = b""
        self._at = 0

    def decode(self, data: bytes) -> Any:  # noqa: ANN401 - any value may arrive
        """Return the one value that `data` holds.

        Raises:
            DecodingError: it holds anything else.
            ValueLimitError: the value stands for more than the limit.
        """
        size = len(data)
        if size == 1 and data in _CONSTANTS:
            return _CONSTANTS[data]
        if size == _INT.size and data[0] == _INT_TAG:
            return _INT.unpack(data)[1]
        self._data, self._at = data, 0
        try:
            value = self._get(MAX_DEPTH)
        except ValueLimitError:
            raise
        except (struct.error, IndexError, ValueError, TypeError, ArithmeticError) as error:
            raise DecodingError(f"malformed value: {error}") from None
        if self._at != len(data):
            raise DecodingError(f"{len(data) - self._at} bytes after the value")
        return value

    def let_go(self) -> None:
        """Let go of the bytes that were decoded last."""
        self._data = b""

    def _get(self, depth: int) -> Any:  # noqa: ANN401
        if depth < 0:
            raise DecodingError(f"nested more than {MAX_DEPTH} levels deep")
        tag = self._data[self._at]
        self._at += 1
        get = _GET.get(tag)
        if get is None:
            raise DecodingError(f"unknown tag {tag}")
        return get(self, depth)

    def _take(self, size: int) -> bytes:
        end = self._at + size
        if end > len(self._data):
            raise DecodingError("cut short")
        data = self._data[self._at : end]
        self._at = end
        return data

    def _count(self, bytes_each: int = 1) -> int:
        count: int = _U32.unpack(self._take(4))[0]
        if count * bytes_each > len(self._data) - self._at:
            raise DecodingError("a count beyond the data")
        return count

    def _get_int(self, _depth: int) -> int:
        number: int = _I64.unpack(self._take(8))[0]
        return number

    def _get_long(self, _depth: int) -> int:
        return int.from_bytes(self._take(self._count()), "little", signed=True)

    def _get_float(self, _depth: int) -> float:
        number: float = _F64.unpack(self._take(8))[0]
        return number

    def _get_complex(self, _depth: int) -> complex:
        return complex(*_C128.unpack(self._take(16)))

    def _get_str(self, _depth: int) -> str:
        return self._take(self._count()).decode("utf-8", "surrogatepass")

    def _get_bytes(self, _depth: int) -> bytes:
        return self._take(self._count())

    def _get_bytearray(self, _depth: int) -> bytearray:
        return bytearray(self._take(self._count()))

    def _get_list(self, depth: int) -> list[Any]:
        return [self._get(depth - 1) for _ in range(self._count())]

    def _get_tuple(self, depth: int) -> tuple[Any, ...]:
        return tuple(self._get_list(depth))

    def _get_ints(self, _depth: int) -> list[int]:
        count = self._count(8)
        return list(struct.unpack(f"<{count}q", self._take(8 * count)))

    def _get_floats(self, _depth: int) -> list[float]:
        count = self._count(8)
        return list(struct.unpack(f"<{count}d", self._take(8 * count)))

    def _get_strings(self, _depth: int) -> list[str]:
        count = self._count(4)
        sizes = struct.unpack(f"<{count}I", self._take(4 * count))
        return [self._take(size).decode("utf-8", "surrogatepass") for size in sizes]

    def _get_dict(self, depth: int) -> dict[Any, Any]:
        return {self._get(depth - 1): self._get(depth - 1) for _ in range(self._count(2))}

    def _get_set(self, depth: int) -> set[Any]:
        return {self._get(depth - 1) for _ in range(self._count())}

    def _get_frozenset(self, depth: int) -> frozenset[Any]:
        return frozenset(self._get_set(depth))

    def _get_ordered_dict(self, depth: int) -> Any:  # noqa: ANN401
        from collections import OrderedDict  # noqa: PLC0415 - as for fractions

        return OrderedDict(self._get_dict(depth))

    def _get_counter(self, depth: int) -> Any:  # noqa: ANN401
        from collections import Counter  # noqa: PLC0415 - as for fractions

        counter: Counter[Any] = Counter()
        dict.update(counter, self._get_dict(depth))
        return counter

    def _get_deque(self, depth: int) -> Any:  # noqa: ANN401
        from collections import deque  # noqa: PLC0415 - as for fractions

        return deque(self._get_list(depth))

    def _get_range(self, _depth: int) -> range:
        start, stop, step = self._whole(), self._whole(), self._whole()
        if step and (stop - start) // step > self._limit // 8:
            raise ValueLimitError(f"a range of {(stop - start) // step} numbers")
        return range(start, stop, step)

    def _whole(self) -> int:
        number = self._get(0)
        if type(number) is not int:
            raise DecodingError("an int was expected")
        return number

    def _get_keys(self, depth: int) -> Any:  # noqa: ANN401
        # One by one, so that no single call goes on for long.
        return {key: None for key in self._get_list(depth)}.keys()  # noqa: C420

    def _get_items(self, depth: int) -> Any:  # noqa: ANN401
        return {key: value for key, value in self._get_list(depth)}.items()  # noqa: C416 - as above

    def _get_fraction(self, _depth: int) -> object:
        from fractions import Fraction  # noqa: PLC0415 - rarely needed, and every page of the parent costs each fork

        above, below = self._whole(), self._whole()
        if max(abs(above), abs(below)).bit_length() > _FRACTION_BITS:  # reducing it is more than linear work
            raise ValueLimitError(f"a fraction of more than {_FRACTION_BITS} bits")
        return Fraction(above, below)

    def _get_decimal(self, _depth: int) -> object:
        from decimal import Decimal  # noqa: PLC0415 - as above

        return Decimal(self._take(self._count()).decode("ascii"))

    def _get_opaque(self, _depth: int) -> Opaque:
        return Opaque(self._name())

    def _get_iterator(self, _depth: int) -> object:
        number: int = _U32.unpack(self._take(4))[0]
        name = self._name()
        return Opaque(name) if self._iterator is None else self._iterator(number, name)

    def _get_reference(self, _depth: int) -> Any:  # noqa: ANN401 - the judge's own object
        number: int = _U32.unpack(self._take(4))[0]
        return self.parts[number]

    def _name(self) -> str:
        name = self._get(0)
        if type(name) is not str:
            raise DecodingError("a type's name was expected")
        return name[:200]


_GET: dict[int, Callable[[Decoder, int], Any]] = {
    ord("n"): lambda _decoder, _depth: None,
    ord("T"): lambda _decoder, _depth: True,
    ord("F"): lambda _decoder, _depth: False,
    ord("i"): Decoder._get_int,
    ord("L"): Decoder._get_long,
    ord("f"): Decoder._get_float,
    ord("c"): Decoder._get_complex,
    ord("s"): Decoder._get_str,
    ord("b"): Decoder._get_bytes,
    ord("B"): Decoder._get_bytearray,
    ord("l"): Decoder._get_list,
    ord("t"): Decoder._get_tuple,
    ord("q"): Decoder._get_ints,
    ord("e"): Decoder._get_floats,
    ord("w"): Decoder._get_strings,
    ord("d"): Decoder._get_dict,
    ord("S"): Decoder._get_set,
    ord("Z"): Decoder._get_frozenset,
    ord("o"): Decoder._get_ordered_dict,
    ord("C"): Decoder._get_counter,
    ord("Q"): Decoder._get_deque,
    ord("r"): Decoder._get_range,
    ord("K"): Decoder._get_keys,
    ord("I"): Decoder._get_items,
    ord("R"): Decoder._get_fraction,
    ord("D"): Decoder._get_decimal,
    ord("O"): Decoder._get_opaque,
    ord("G"): Decoder._get_iterator,
    REFERENCE[0]: Decoder._get_reference,
}
