"""Hostile bytes against everything on this side that reads them: frames, values, the relay's frames, its lines."""

import contextlib
import socket
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.errors import SandboxError
from sandbox.judge.verdicts import described
from sandbox.wire.frames import FrameError, Frames, frame
from sandbox.wire.relay_frames import HEADER, Unpacker
from sandbox.wire.value_decoder import Decoder, decode
from sandbox.wire.value_encoder import encode
from sandbox.wire.value_format import DecodingError
from sandbox.worker.container_handshake import read_line

LIMIT = 4096
TAGS = b"nTFifdcszbBltDSqrRwOkvIxy"
# Mostly well formed, so that what is drawn gets past the first byte.
pieces = st.one_of(
    st.binary(max_size=40),
    st.sampled_from([bytes((tag,)) for tag in TAGS]),
    st.integers(0, 0xFFFFFFFF).map(lambda n: struct.pack("<I", n)),
    st.integers(-(2**63), 2**63 - 1).map(lambda n: b"i" + struct.pack("<q", n)),
    st.text(max_size=8).map(encode),
    st.lists(st.integers(), max_size=4).map(encode),
)
streams = st.lists(pieces, max_size=12).map(b"".join)
cuts = st.lists(st.integers(1, 64), min_size=1, max_size=8)


@settings(max_examples=300)
@given(streams)
def test_a_decoder_gives_a_plain_value_or_says_that_there_is_none(data: bytes) -> None:
    decoder = Decoder(lambda number, name: (number, name))
    with contextlib.suppress(DecodingError, RecursionError):
        decoder.decode(data)
    assert decoder.decode(encode(1)) == 1, "an error leaves the decoder fit for the next"


@settings(max_examples=150)
@given(streams)
def test_a_description_is_four_texts_or_refused(data: bytes) -> None:
    try:
        raised = described(decode(data))
    except (DecodingError, RecursionError):
        return
    assert all(type(part) is str for part in (raised.kind, raised.builtin, raised.name, raised.message))


@settings(max_examples=150)
@given(streams, cuts)
def test_frames_are_read_whole_or_refused_however_they_are_cut(data: bytes, sizes: list[int]) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(data)
        theirs.close()
        frames, seen = Frames(ours, LIMIT), b""
        with contextlib.suppress(FrameError):
            while (got := frames.read()) is not None:
                assert len(got[1]) <= LIMIT
                seen += frame(*got)
    assert data.startswith(seen)
    assert sizes


@settings(max_examples=150)
@given(st.lists(st.tuples(st.sampled_from([b"R", b"D", b"E"]), st.binary(max_size=50)), max_size=8), cuts)
def test_a_relay_gets_the_same_frames_however_they_are_cut(
    sent: list[tuple[bytes, bytes]], sizes: list[int]
) -> None:
    data = b"".join(HEADER.pack(kind, len(payload)) + payload for kind, payload in sent)
    unpacker, seen = Unpacker(), []
    while data:
        size = sizes[len(seen) % len(sizes)]
        seen += unpacker.feed(data[:size])
        data = data[size:]
    assert seen == sent


@settings(max_examples=150)
@given(streams)
def test_a_relay_holds_no_more_than_one_frame_may_be(data: bytes) -> None:
    unpacker = Unpacker()
    with contextlib.suppress(ValueError):
        for kind, payload in unpacker.feed(data):
            assert len(kind) == 1
            assert len(payload) <= 1 << 20


def test_a_relay_refuses_a_frame_longer_than_any() -> None:
    with pytest.raises(ValueError, match="2147483647"):
        Unpacker().feed(HEADER.pack(b"D", 0x7FFFFFFF))


@settings(max_examples=100)
@given(st.binary(max_size=200))
def test_a_line_from_a_container_is_whole_bounded_or_refused(data: bytes) -> None:
    waiting = [data[at : at + 1] for at in range(len(data))]
    try:
        line = read_line(lambda: waiting.pop(0) if waiting else b"")
    except SandboxError:
        assert b"\n" not in data
    else:
        assert data.startswith(line)
        assert line.endswith(b"\n")


def test_a_line_that_never_ends_is_given_up() -> None:
    with pytest.raises(SandboxError):
        read_line(lambda: b"x")
