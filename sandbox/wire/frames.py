"""Frames over a stream socket: four bytes of length, one byte of kind, the payload. Both sides load this.

Kinds from the judge to a candidate's process, and what each carries:

    P  the program: mode, source, entry point     M  a call: its positional arguments, if they are plain
    C  a call: other positional arguments         W  a call: positional and keyword arguments
    N  advance iterator number n                  m  a call whose arguments the test holds, if they are plain
    w  another call whose arguments the test holds; m and w carry positional and keyword arguments

P, M and m are as marshal has them (the judge is trusted; nothing ever comes back that way), all others as
`codec` has them. And back:

    R  loaded       V  a value                    X  an exception: kind, type name, message
    S  not loaded: stage, then as X               L  a value too large: message
    E  the iterator is exhausted                  D  in-process judging is done: None, or as X
    v  as V, and x  as X, in answer to m and w: what was changed in the arguments, then the value
"""

import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _socket import socket  # at run time it is given; importing it costs every fork

__all__ = ["HEADER", "FrameError", "Frames", "frame"]


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
        """Return the next frame if it is here whole; raises `FrameError` if it is longer than allowed."""
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
        """Wait for more bytes; returns False when the other side has closed."""
        try:
            data = self._sock.recv(_CHUNK)
        except ConnectionError:
            return False
        self._buffer += data
        return bool(data)

    @property
    def unfinished(self) -> bool:
        """Whether part of a frame is here."""
        return bool(self._buffer)
