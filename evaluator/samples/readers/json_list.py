"""The elements of one big JSON list, one at a time, so that a large file is never in memory whole."""

import json
from codecs import getincrementaldecoder
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Self

from evaluator.errors import SamplesError
from evaluator.files.jsonl import READ_LIMITS, open_plain

__all__ = ["read_list"]

_CHUNK: Final = 1 << 20
_SPACE: Final = " \t\r\n"


def read_list(path: Path) -> Iterator[object]:
    """Yield the elements of the JSON list that a file (or its gzip) holds.

    Raises:
        SamplesError: the file is not one JSON list, is damaged or not UTF-8, or an element passes the
            limit on a line's length.
    """
    decoder = json.JSONDecoder()
    with _Text(path) as text:
        text.expect("[")
        if text.peek() == "]":
            return
        while True:
            yield text.element(decoder)
            if text.peek() != ",":
                break
            text.expect(",")
        text.expect("]")


class _Text:
    """A file's text from a moving position; grows only while an element is incomplete."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._opened = open_plain(path)
        self._decode = getincrementaldecoder("utf-8-sig")()
        self._buffer = ""
        self._at = 0
        self._passed = 0  # characters dropped from the front of the buffer
        self._total = 0
        self._ended = False

    def __enter__(self) -> Self:
        self._file, self._ceiling = self._opened.__enter__()
        return self

    def __exit__(self, *exception: object) -> None:
        self._file.close()

    def peek(self) -> str:
        """Return the next character that is not space; empty at the end."""
        while True:
            while self._at < len(self._buffer) and self._buffer[self._at] in _SPACE:
                self._at += 1
            if self._at < len(self._buffer) or not self._more():
                return self._buffer[self._at : self._at + 1]

    def expect(self, char: str) -> None:
        """Pass over one character, which must be this one."""
        if self.peek() != char:
            raise self._error(f"expected {char!r}")
        self._at += 1

    def element(self, decoder: json.JSONDecoder) -> object:
        """Return the next value and pass over it."""
        self.peek()
        while True:
            try:
                value, end = decoder.raw_decode(self._buffer, self._at)
            except json.JSONDecodeError as bad:
                if self._more():
                    continue
                self._at = bad.pos
                raise self._error(bad.msg) from bad
            except (RecursionError, ValueError) as bad:
                raise self._error("nested too deep, or a number too long") from bad
            if end == len(self._buffer) and self._more():  # a number may go on
                continue
            self._at = end
            return value

    def _more(self) -> bool:
        if self._ended:
            return False
        size = max(_CHUNK, len(self._buffer) - self._at)  # doubling: an element is decoded few times over
        self._passed += self._at
        self._buffer = self._buffer[self._at :]
        self._at = 0
        if len(self._buffer) > READ_LIMITS.line_bytes:
            raise self._error(f"an element longer than {READ_LIMITS.line_bytes:,} characters")
        try:
            raw = self._file.read(size)
            self._buffer += self._decode.decode(raw, final=not raw)
        except (OSError, EOFError) as bad:
            raise SamplesError(f"{self._path}: damaged or cut off ({bad})") from bad
        except UnicodeDecodeError as bad:
            raise SamplesError(f"{self._path}: not UTF-8 ({bad.reason}); save the file as UTF-8") from bad
        self._total += len(raw)
        if self._total > self._ceiling:
            raise self._error(f"more than {self._ceiling:,} bytes after decompression: a gzip bomb?")
        self._ended = not raw
        return bool(raw)

    def _error(self, message: str) -> SamplesError:
        place = self._passed + self._at + 1
        return SamplesError(f"{self._path}: broken JSON at character {place:,} ({message})")
