"""Values across the trust boundary: a tagged binary format in which nothing that arrives can have behaviour.

Exact builtin types keep their type. A subclass of a builtin crosses as the builtin value it holds, so an
honest `defaultdict` still equals the `dict` a test expects, and a lying `__eq__` stays behind. `OrderedDict`,
`Counter` and `deque`, which differ in what they are equal to, arrive as such. What is no value
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
    o C Q  OrderedDict, Counter, deque: content as of a dict or list; from the program to the judge alone

Counts and lengths are 4 bytes; everything is little-endian. Standard library only: both sides load this,
`value_encoder` and `value_decoder`.
"""

__all__ = ["DEFAULT_LIMIT", "MAX_DEPTH", "REFERENCE", "DecodingError", "Opaque", "ValueLimitError"]

MAX_DEPTH = 200
REFERENCE = b"A"
DEFAULT_LIMIT = 16 << 20


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
