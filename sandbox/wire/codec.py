"""Values across the trust boundary: a tagged binary format in which nothing that arrives can have behaviour.

Exact builtin types keep their type. A subclass of a builtin crosses as the builtin value it holds, so an
honest `Counter` still equals the `dict` a test expects, and a lying `__eq__` stays behind. What is no value
at all crosses as an `Opaque`, equal to nothing but itself, or, if it is an iterator, by number.

    tag value                      tag value                       tag value
    n   None                       s   str, UTF-8 with surrogates  d   dict: count, key, value, ...
    T F bool                       b B bytes, bytearray            S Z set, frozenset: count, item, ...
    i   int, 8 bytes signed        l t list, tuple: count, item    K I dict keys, dict items
    L   int, length + bytes        q   list of 8-byte ints         R   Fraction: two ints
    f   float, 8 bytes             e   list of floats              D   Decimal: its text
    c   complex, 16 bytes          w   list of str                 r   range: three ints
    O   opaque: type name          G   iterator: number, type name
    A   part of an argument, by number (`held_arguments`)

Counts and lengths are 4 bytes; everything is little-endian. Standard library only: both sides load this.
"""

import struct
from _collections_abc import Iterator  # loaded already, unlike the module that it is public in
from collections.abc import Callable
from typing import Any, NoReturn

__all__ = [
    "MAX_DEPTH",
    "REFERENCE",
    "Decoder",
    "DecodingError",
    "Encoder",
    "Opaque",
    "ValueLimitError",
    "decode",
    "encode",
]

MAX_DEPTH = 200
REFERENCE = b"A"
DEFAULT_LIMIT = 16 << 20

_U32 = struct.Struct("<I")
_I64 = struct.Struct("<q")
_F64 = struct.Struct("<d")
_INT = struct.Struct("<cq")
_INT_TAG = ord("i")
_CONSTANTS = {b"n": None, b"T": True, b"F": False}
_C128 = struct.Struct("<dd")
_FRACTION_BITS = 1 << 15
_I64_MIN, _I64_MAX = -(1 << 63), (1 << 63) - 1
_EMPTY: dict[object, object] = {}
_DICT_KEYS, _DICT_ITEMS, _DICT_VALUES = type(_EMPTY.keys()), type(_EMPTY.items()), type(_EMPTY.values())


class DecodingError(ValueError):
    """The bytes are not one value in this format, or exceed its limits."""


class ValueLimitError(ValueError):
    """A value is too large or too deeply nested to be sent."""


class Opaque:
    """Stands for an object that does not cross; it equals only itself and offers nothing of the original."""

    __slots__ = ("type_name",)

    def __init__(self, type_name: str) -> None:
        self.type_name = type_name

    def __repr__(self) -> str:
        return f"<{self.type_name} object>"


def encode(value: object, limit: int = DEFAULT_LIMIT) -> bytes:
    """Return `value` as bytes; raise `ValueLimitError` beyond `limit` bytes or `MAX_DEPTH` levels.

    >>> decode(encode({"a": (1, 2.5, None)}))
    {'a': (1, 2.5, None)}
    """
    return Encoder(limit).encode(value)


def decode(data: bytes) -> Any:  # noqa: ANN401 - any value may arrive
    """Return the value that `data` holds; raises `DecodingError` unless it is exactly one value."""
    return Decoder().decode(data)


class Encoder:
    """Turns values into bytes.

    Args:
        limit: most bytes that one value may take.
        iterator_number: called with each iterator met, to give it the number under which it can be
            advanced later; without it an iterator is opaque.
    """

    def __init__(
        self, limit: int = DEFAULT_LIMIT, iterator_number: Callable[[Iterator[object]], int] | None = None
    ) -> None:
        self._limit = limit
        self._number = iterator_number
        self._out = bytearray()

    def encode(self, value: object) -> bytes:
        """Return `value` as bytes; raise `ValueLimitError` when it is too large or too deep."""
        kind = type(value)
        if kind is bool:
            return b"T" if value else b"F"
        if kind is int and _I64_MIN <= value <= _I64_MAX:  # type: ignore[operator]
            return _INT.pack(b"i", value)
        self._out = out = bytearray()
        self._put(value, MAX_DEPTH)
        if len(out) > self._limit:
            self._too_large()
        return bytes(out)

    def _too_large(self) -> NoReturn:
        raise ValueLimitError(f"a value takes more than {self._limit} bytes")

    def _put(self, value: object, depth: int) -> None:
        put = _PUT.get(type(value))
        if put is None:
            self._put_other(value, depth)
        else:
            put(self, value, depth)

    def _put_none(self, _value: None, _depth: int) -> None:
        self._out += b"n"

    def _put_bool(self, value: bool, _depth: int) -> None:  # noqa: FBT001 - a value, not a flag
        self._out += b"T" if value else b"F"

    def _put_int(self, value: int, _depth: int) -> None:
        if _I64_MIN <= value <= _I64_MAX:
            self._out += b"i" + _I64.pack(value)
        else:
            size = value.bit_length() // 8 + 1
            if size > self._limit:
                self._too_large()
            self._sized(b"L", value.to_bytes(size, "little", signed=True))

    def _put_float(self, value: float, _depth: int) -> None:
        self._out += b"f" + _F64.pack(value)

    def _put_complex(self, value: complex, _depth: int) -> None:
        self._out += b"c" + _C128.pack(value.real, value.imag)

    def _put_str(self, value: str, _depth: int) -> None:
        self._sized(b"s", value.encode("utf-8", "surrogatepass"))

    def _put_bytes(self, value: bytes, _depth: int) -> None:
        self._sized(b"b", value)

    def _put_bytearray(self, value: bytearray, _depth: int) -> None:
        self._sized(b"B", bytes(value))

    def _sized(self, tag: bytes, data: bytes) -> None:
        if len(self._out) + len(data) > self._limit:
            self._too_large()
        self._out += tag + _U32.pack(len(data)) + data

    def _put_list(self, value: list[object], depth: int) -> None:
        kinds = set(map(type, value)) if len(value) > 2 else ()
        if len(kinds) == 1:
            kind = next(iter(kinds))
            if kind is int and self._put_numbers(b"q", "q", value):
                return
            if kind is float and self._put_numbers(b"e", "d", value):
                return
            if kind is str:
                self._put_strings(value)
                return
        self._put_items(b"l", value, depth)

    def _put_numbers(self, tag: bytes, code: str, value: list[Any]) -> bool:
        if len(self._out) + 8 * len(value) > self._limit:
            self._too_large()
        try:
            packed = struct.pack(f"<{len(value)}{code}", *value)
        except struct.error:  # an int of more than 8 bytes
            return False
        self._out += tag + _U32.pack(len(value)) + packed
        return True

    def _put_strings(self, value: list[Any]) -> None:
        parts = [text.encode("utf-8", "surrogatepass") for text in value]
        self._out += b"w" + _U32.pack(len(parts)) + struct.pack(f"<{len(parts)}I", *map(len, parts))
        body = b"".join(parts)
        if len(self._out) + len(body) > self._limit:
            self._too_large()
        self._out += body

    def _put_tuple(self, value: tuple[object, ...], depth: int) -> None:
        self._put_items(b"t", value, depth)

    def _put_set(self, value: set[object], depth: int) -> None:
        self._put_items(b"S", value, depth)

    def _put_frozenset(self, value: frozenset[object], depth: int) -> None:
        self._put_items(b"Z", value, depth)

    def _put_keys(self, value: Any, depth: int) -> None:  # noqa: ANN401 - dict_keys has no public name
        self._put_items(b"K", list(value), depth)

    def _put_dict_items(self, value: Any, depth: int) -> None:  # noqa: ANN401 - nor has dict_items
        self._put_items(b"I", list(value), depth)

    def _put_items(self, tag: bytes, value: Any, depth: int) -> None:  # noqa: ANN401 - any sized iterable
        self._open(tag, len(value), depth)
        for item in value:
            self._put(item, depth - 1)

    def _put_dict(self, value: dict[object, object], depth: int) -> None:
        self._open(b"d", len(value), depth)
        for key, item in value.items():
            self._put(key, depth - 1)
            self._put(item, depth - 1)

    def _open(self, tag: bytes, count: int, depth: int) -> None:
        if depth <= 0:
            raise ValueLimitError(f"a value is nested more than {MAX_DEPTH} levels deep")
        if len(self._out) > self._limit:
            self._too_large()
        self._out += tag + _U32.pack(count)

    def _put_range(self, value: range, depth: int) -> None:
        self._out += b"r"
        for part in (value.start, value.stop, value.step):
            self._put(part, depth)

    def _put_other(self, value: Any, depth: int) -> None:  # noqa: ANN401 - anything at all
        kind = type(value)
        for base, as_base in _BASES:
            if issubclass(kind, base):
                self._put(as_base(value), depth)
                return
        name = f"{kind.__module__}.{kind.__qualname__}"
        if name == "fractions.Fraction":
            self._out += b"R"
            self._put(value.numerator, depth)
            self._put(value.denominator, depth)
        elif name == "decimal.Decimal":
            self._sized(b"D", str(value).encode("ascii"))
        elif self._number is not None and (isinstance(value, Iterator) or kind is _DICT_VALUES):
            number = self._number(iter(value))
            self._out += b"G" + _U32.pack(number)
            self._put(name, depth)
        else:
            self._out += b"O"
            self._put(name, depth)


_PUT: dict[type, Callable[[Encoder, Any, int], None]] = {
    type(None): Encoder._put_none,
    bool: Encoder._put_bool,
    int: Encoder._put_int,
    float: Encoder._put_float,
    complex: Encoder._put_complex,
    str: Encoder._put_str,
    bytes: Encoder._put_bytes,
    bytearray: Encoder._put_bytearray,
    list: Encoder._put_list,
    tuple: Encoder._put_tuple,
    dict: Encoder._put_dict,
    set: Encoder._put_set,
    frozenset: Encoder._put_frozenset,
    range: Encoder._put_range,
    _DICT_KEYS: Encoder._put_keys,
    _DICT_ITEMS: Encoder._put_dict_items,
}

# The base class's own methods, so that what a subclass overrides is not asked.
_BASES: tuple[tuple[type, Callable[[Any], object]], ...] = (
    (int, lambda value: int.__add__(value, 0)),
    (float, lambda value: float.__add__(value, 0.0) if value else float.__float__(value)),
    (complex, complex.__complex__),
    (str, lambda value: str.__getitem__(value, slice(None)) if len(value) else ""),
    (bytes, lambda value: bytes.__getitem__(value, slice(None))),
    (bytearray, lambda value: bytearray.__getitem__(value, slice(None))),
    (list, lambda value: list.__getitem__(value, slice(None))),
    (tuple, lambda value: tuple.__getitem__(value, slice(None))),
    (dict, lambda value: dict(dict.items(value))),
    (set, lambda value: set(set.__iter__(value))),
    (frozenset, lambda value: frozenset(frozenset.__iter__(value))),
    (_DICT_KEYS, lambda value: dict.fromkeys(value).keys()),
)


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
    ord("r"): Decoder._get_range,
    ord("K"): Decoder._get_keys,
    ord("I"): Decoder._get_items,
    ord("R"): Decoder._get_fraction,
    ord("D"): Decoder._get_decimal,
    ord("O"): Decoder._get_opaque,
    ord("G"): Decoder._get_iterator,
    REFERENCE[0]: Decoder._get_reference,
}
