"""What crosses the trust boundary, row by row, and what hostile bytes can do: nothing."""

import contextlib
import enum
import math
from collections import Counter, OrderedDict, defaultdict, namedtuple
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.wire.value_decoder import Decoder, decode
from sandbox.wire.value_encoder import Encoder, encode
from sandbox.wire.value_format import DecodingError, Opaque, ValueLimitError


class Word(str):
    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = str.__hash__


class Always:
    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = object.__hash__


class Colour(enum.IntEnum):
    RED = 1


Point = namedtuple("Point", "x y")  # noqa: PYI024 - the untyped kind is what completions use

EXACT = [
    None, True, False, 0, -1, 2**63 - 1, -(2**63), 2**63, -(2**64), 1 << 20_000, 1.5, -0.0, math.inf, 1 + 2j, "", "é\ud800",
    b"\x00", bytearray(b"x"), [], [1, 2, 3], [1, True, 0], [2**70, 1, 1], [0.5, 1.5, 2.5], ["a", "", "\udfff"], (), (1,),
    {}, {"a": [1]}, {(1, 2): None}, {1, 2}, frozenset({3}), range(5), range(10, 0, -3), [[1, 2, 3], [4.0]], Fraction(1, 3),
    Decimal("1.50"), Decimal("-Infinity"),
]  # fmt: skip

AS_BUILTIN = [
    (Word("word"), "word"), (Colour.RED, 1), (Point(1, 2), (1, 2)), (Counter("aab"), {"a": 2, "b": 1}),
    (OrderedDict(a=1), {"a": 1}), (defaultdict(int, {"k": 3}), {"k": 3}),
]  # fmt: skip


@pytest.mark.parametrize("value", EXACT, ids=lambda value: type(value).__name__)
def test_builtin_values_keep_their_exact_type(value: object) -> None:
    back = decode(encode(value))
    assert type(back) is type(value)
    assert back == value


@pytest.mark.parametrize(("value", "base"), AS_BUILTIN, ids=lambda value: type(value).__name__)
def test_subclasses_cross_as_the_builtin_value_they_hold(value: object, base: object) -> None:
    back = decode(encode(value))
    assert type(back) is type(base)
    assert back == base


def test_a_lying_comparison_stays_behind() -> None:
    assert decode(encode(Word("no"))) != "yes"
    assert decode(encode([Always()])) != [1]


def test_not_a_number_stays_unequal() -> None:
    assert math.isnan(decode(encode(math.nan)))


@pytest.mark.parametrize(
    "value", [object(), Always(), print, int, lambda: 1, iter([1]), (n for n in [1]), {}.values()]
)
def test_objects_cross_as_opaque_and_equal_nothing(value: object) -> None:
    back = decode(encode(value))
    assert type(back) is Opaque
    assert not any(back == other for other in ([1], 1, None, True))


def test_dict_views_keep_their_set_semantics() -> None:
    assert decode(encode({1: 2}.keys())) == {1}
    assert decode(encode({1: 2}.items())) == {(1, 2)}
    assert decode(encode({1: 2}.keys())) != [1]


def test_iterators_cross_by_number_where_both_sides_agree() -> None:
    numbered: list[object] = []
    encoder = Encoder(iterator_number=lambda iterator: numbered.append(iterator) or len(numbered) - 1)
    seen = Decoder(iterator=lambda number, name: (number, name)).decode(
        encoder.encode([iter("ab"), (n for n in "c")])
    )
    assert seen == [(0, "builtins.str_ascii_iterator"), (1, "builtins.generator")] or len(seen) == 2
    assert next(numbered[0]) == "a"  # type: ignore[call-overload]


def test_values_beyond_the_limits_are_refused_before_they_are_built() -> None:
    cyclic: list[object] = []
    cyclic.append(cyclic)
    doubling: list[object] = []
    for _ in range(100):
        doubling = [doubling, doubling]
    for value in (
        b"x" * 2000,
        "x" * 2000,
        [1] * 500,
        [1.5] * 500,
        ["abc"] * 500,
        1 << 20_000,
        cyclic,
        doubling,
    ):
        with pytest.raises(ValueLimitError):
            encode(value, limit=1000)


@pytest.mark.parametrize(
    "data",
    [b"", b"?", b"i123", b"nn", b"s\xff\xff\xff\xff", b"l\xff\xff\xff\x7fn", b"q\x01\x00\x00\x00\x00", b"R" + b"i" + b"\0" * 8 + b"i" + b"\0" * 8,
     b"S\x01\x00\x00\x00l\x00\x00\x00\x00", b"D\x03\x00\x00\x00abc", b"s\x01\x00\x00\x00\xff", b"l\x01\x00\x00\x00" * 500 + b"n",
     b"rnnn", b"On", b"w\x01\x00\x00\x00\xff\x00\x00\x00", b"I\x01\x00\x00\x00n"],
)  # fmt: skip
def test_malformed_bytes_are_named_as_such(data: bytes) -> None:
    with pytest.raises(DecodingError):
        decode(data)


@given(st.binary(max_size=200))
def test_any_bytes_decode_to_a_value_or_a_decoding_error(data: bytes) -> None:
    try:
        decode(data)
    except DecodingError:
        return
    assert len(data) > 0


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary(),
    lambda inner: (
        st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(st.text() | st.integers(), inner)
    ),
    max_leaves=20,
)


@given(plain)
def test_every_plain_value_comes_back_the_same(value: object) -> None:
    back = decode(encode(value))
    assert repr(back) == repr(value)


@given(plain, st.data())
def test_a_flipped_byte_never_does_more_than_change_the_value(value: object, data: st.DataObject) -> None:
    encoded = bytearray(encode(value))
    at = data.draw(st.integers(0, len(encoded) - 1))
    encoded[at] ^= data.draw(st.integers(1, 255))
    with contextlib.suppress(DecodingError):
        decode(bytes(encoded))
