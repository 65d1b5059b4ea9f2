"""Frames of the relay into a container: a byte of kind, four of length, the payload. Both sides load this.

To the container go the zygote's commands under their own kinds (see `control`; FORK opens a channel, KILL
closes it) and DATA for the program. Back come ANSWER, a report of the zygote, DATA of the program, and
HUNG_UP when it has closed its channel.
"""

import struct

__all__ = ["ANSWER", "DATA", "HEADER", "HUNG_UP", "ROOM", "Unpacker"]

ANSWER = b"R"
DATA = b"D"
HUNG_UP = b"E"

HEADER = struct.Struct("<cI")
ROOM = 1 << 18  # bytes that may wait in one direction before no more are taken
_MOST = 1 << 20  # of one frame; neither end makes one as long


class Unpacker:
    """Cuts a stream of bytes into frames."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[tuple[bytes, bytes]]:
        """Take bytes; return kind and payload of each frame that is now whole.

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
