"""Frames over a stream socket: four bytes of length, one byte of kind, the payload. Both sides load this.

The kinds here are those between the judge and the process of a program. To the process, and what each
carries:

    PROGRAM         mode, source, entry point      PLAIN_CALL    positional arguments that marshal takes
    CALL            other positional arguments     KEYWORD_CALL  positional and keyword arguments
    NEXT            the number of an iterator      STREAMS       no frame: one byte, with descriptors
    PLAIN_HELD_CALL as HELD_CALL, if marshal takes them
    HELD_CALL       positional and keyword arguments, which the test holds
    TESTS           a module of tests, the names of its classes, and a secret

PROGRAM, PLAIN_CALL, PLAIN_HELD_CALL and TESTS are encoded by marshal (the judge is trusted; nothing
ever comes back that way), all others by `value_encoder`. And back:

    LOADED          nothing                        NOT_LOADED    the stage, then as EXCEPTION
    VALUE           what a call returned           EXCEPTION     kind, builtin class, own class, message
    TOO_LARGE       a message                      EXHAUSTED     nothing: the iterator has ended
    HELD_VALUE      the changes in held arguments, then as VALUE
    HELD_EXCEPTION  the changes, then as EXCEPTION
    JUDGED          None, or as EXCEPTION: the end of in-process judging
    FILE            place among the files to return, content
    TESTED          the secret, whether unittest was changed, and name, result and exception of each test
    COMPILED        ready for the standard streams; a program's code, if it was sent as text
"""

import struct
from _socket import MSG_DONTWAIT
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _socket import socket  # at run time it is given; importing it costs every fork

__all__ = [
    "CALL",
    "COMPILED",
    "EXCEPTION",
    "EXHAUSTED",
    "FILE",
    "HEADER",
    "HELD_CALL",
    "HELD_EXCEPTION",
    "HELD_VALUE",
    "JUDGED",
    "KEYWORD_CALL",
    "LOADED",
    "NEXT",
    "NOT_LOADED",
    "PLAIN_CALL",
    "PLAIN_HELD_CALL",
    "PROGRAM",
    "STREAMS",
    "TESTED",
    "TESTS",
    "TOO_LARGE",
    "VALUE",
    "FrameError",
    "Frames",
    "frame",
]

PROGRAM = b"P"
PLAIN_CALL = b"M"
CALL = b"C"
KEYWORD_CALL = b"W"
NEXT = b"N"
STREAMS = b"T"
PLAIN_HELD_CALL = b"m"
HELD_CALL = b"w"
TESTS = b"U"

LOADED = b"R"
NOT_LOADED = b"S"
VALUE = b"V"
EXCEPTION = b"X"
TOO_LARGE = b"L"
EXHAUSTED = b"E"
JUDGED = b"D"
COMPILED = b"G"
HELD_VALUE = b"v"
HELD_EXCEPTION = b"x"
FILE = b"F"
TESTED = b"u"

HEADER = struct.Struct("<IB")  # size and kind
_CHUNK = 65536


class FrameError(ValueError):
    """What arrived is no frame, or a longer one than is allowed."""


def frame(kind: bytes, payload: bytes = b"") -> bytes:
    r"""Return one frame as bytes.

    >>> frame(b"C", b"xy")
    b'\x02\x00\x00\x00Cxy'
    """
    return HEADER.pack(len(payload), kind[0]) + payload


class Frames:
    """Reads frames from a socket, whole, however they were cut.

    Args:
        sock: a connected stream socket. If it has a receive time-out (SO_RCVTIMEO), `fill` and `read` raise
            `BlockingIOError` when it expires and may be called again.
        limit: most bytes a payload may have.
    """

    def __init__(self, sock: "socket", limit: int) -> None:
        self._sock = sock
        self._limit = limit
        self._buffer = bytearray()

    def read(self) -> tuple[bytes, bytes] | None:
        """Return the next frame's kind and payload; None when the other side has closed between frames.

        Raises:
            FrameError: the length exceeds the limit, or the stream ends inside a frame.
        """
        while (got := self.take()) is None:
            if not self.fill():
                if self._buffer:
                    raise FrameError("the stream ended inside a frame")
                return None
        return got

    def take(self) -> tuple[bytes, bytes] | None:
        """Return the next frame if it is here whole; raise `FrameError` if it is longer than allowed."""
        buffer = self._buffer
        if len(buffer) < HEADER.size:
            return None
        size, kind = HEADER.unpack_from(buffer)
        if size > self._limit:
            raise FrameError(f"a frame of {size} bytes, where {self._limit} are allowed")
        end = HEADER.size + size
        if len(buffer) < end:
            return None
        payload = bytes(buffer[HEADER.size : end])
        del buffer[:end]
        return bytes((kind,)), payload

    def fill(self) -> bool:
        """Wait for more bytes; return False when the other side has closed."""
        try:
            data = self._sock.recv(_CHUNK)
        except ConnectionError:
            return False
        self._buffer += data
        return bool(data)

    def fill_at_once(self) -> None:
        """Take the bytes that are here, without a wait."""
        try:
            while data := self._sock.recv(_CHUNK, MSG_DONTWAIT):
                self._buffer += data
        except (BlockingIOError, ConnectionError):
            return

    @property
    def unfinished(self) -> bool:
        """Return whether part of a frame is here."""
        return bool(self._buffer)
