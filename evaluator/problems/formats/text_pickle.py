"""Text out of LiveCodeBench's encoding of hidden tests: base64 of zlib of a pickle of one string.

A pickle is a program that can call anything. Here only the few instructions that make one string are known,
and anything else is refused, so nothing is run.
"""

import base64
import binascii
import pickletools
import zlib
from typing import Final

__all__ = ["text_of_pickle", "unpacked_text"]

_HARMLESS: Final = frozenset({"PROTO", "FRAME", "MEMOIZE", "BINPUT", "LONG_BINPUT", "PUT"})
_TEXT: Final = frozenset({"UNICODE", "BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8"})
_MOST_BYTES: Final = 512 << 20


def unpacked_text(packed: str) -> str:
    """Return the text that was pickled, compressed and encoded.

    Raises:
        ValueError: it is something else, or would be larger than 512 MiB.
    """
    try:
        compressed = base64.b64decode(packed, validate=True)
        reader = zlib.decompressobj()
        data = reader.decompress(compressed, _MOST_BYTES)
    except (binascii.Error, zlib.error) as bad:
        raise ValueError(f"not base64 of zlib ({bad})") from None
    if not reader.eof:
        raise ValueError(f"cut short, or more than {_MOST_BYTES >> 20} MiB when decompressed")
    return text_of_pickle(data)


def text_of_pickle(data: bytes) -> str:
    """Return the one string that a pickle holds.

    Raises:
        ValueError: it holds anything else; nothing of it has been executed.
    """
    text: str | None = None
    other: str | None = None
    try:
        for opcode, argument, _position in pickletools.genops(data):
            if opcode.name in _TEXT and text is None:
                text = str(argument)
            elif opcode.name == "STOP" and text is not None:
                return text
            elif opcode.name not in _HARMLESS:
                other = opcode.name
                break
    except (ValueError, IndexError) as bad:
        raise ValueError(f"a damaged pickle ({bad})") from None
    raise ValueError(f"a pickle of more than one text (instruction {other})")
