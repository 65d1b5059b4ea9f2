"""Frames of the relay into a container: a byte of kind, four of length, the payload. Both sides load this."""

import struct

__all__ = ["HEADER", "ROOM", "Unpacker"]

HEADER = struct.Struct("<cI")
ROOM = 1 << 18  # bytes that may wait in one direction before no more are taken
_MOST = 1 << 20  # of one frame; neither end makes one as long


class Unpacker:
    """Cuts a stream of bytes into frames."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[tuple[bytes, bytes]]:
        """Take bytes; returns kind and payload of each frame that is now whole.

        Raises:
            ValueError: a frame is longer than any that is made.
        """
        buffer = self._buffer
        buffer += data
        frames, at = [], 0
        while len(buffer) - at >= HEADER.size:
            kind, size = HEADER.unpack_from(buffer, at)
            if size > _MOST:
                raise ValueError(f"a frame of {size} bytes")
            end = at + HEADER.size + size
            if len(buffer) < end:
                break
            frames.append((kind, bytes(buffer[at + HEADER.size : end])))
            at = end
        del buffer[:at]
        return frames
