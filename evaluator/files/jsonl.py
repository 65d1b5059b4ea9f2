"""JSON lines, plain or gzipped, one row at a time within stated bounds.

Nothing is read whole: memory is one line. A gzip bomb meets the bound on a line, on the total, or on how
much more comes out than went in.
"""

import contextlib
import gzip
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

from evaluator.errors import EvaluatorError, SamplesError

__all__ = [
    "READ_LIMITS",
    "Line",
    "ReadLimits",
    "Row",
    "is_gzip",
    "open_plain",
    "parse_row",
    "read_lines",
    "read_rows",
]

_UTF8_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class ReadLimits:
    """How much one file may hold; beyond it reading stops with an error that states the limit.

    Attributes:
        line_bytes: bytes in one line.
        total_bytes: bytes in the whole file after decompression.
        ratio: how many times larger than the compressed file its content may be...
        ratio_from_bytes: ...once it has passed this many bytes.
    """

    line_bytes: int = 64 << 20
    total_bytes: int = 256 << 30
    ratio: int = 500
    ratio_from_bytes: int = 1 << 30

    def ceiling(self, file_bytes: int, *, compressed: bool) -> int:
        """Return how many bytes may be read from a file of this size."""
        if not compressed:
            return self.total_bytes
        return min(self.total_bytes, max(self.ratio_from_bytes, self.ratio * file_bytes))


READ_LIMITS = ReadLimits()


class Line(NamedTuple):
    """One line: its number from 1, and its bytes."""

    number: int
    raw: bytes


class Row(NamedTuple):
    """One JSON object and the number, from 1, of the line it stood on."""

    line: int
    value: dict[str, object]


def read_rows(
    path: Path, *, limits: ReadLimits = READ_LIMITS, error: type[EvaluatorError] = SamplesError
) -> Iterator[Row]:
    """Yield the JSON objects of a JSONL or JSONL.gz file in order; blank lines are skipped.

    Raises:
        EvaluatorError: of the class given by `error`; the file cannot be read, is damaged, is not UTF-8,
            passes a limit, or holds a line that is not a JSON object. The message gives line and column.
    """
    for line in read_lines(path, limits=limits, error=error):
        if not line.raw.isspace():
            yield Row(line.number, parse_row(path, line, error=error))


def parse_row(path: Path, line: Line, *, error: type[EvaluatorError] = SamplesError) -> dict[str, object]:
    """Return the JSON object on a line.

    Raises:
        EvaluatorError: of the class given by `error`, with file, line and column.
    """
    number, raw = line
    try:
        value = json.loads(raw.rstrip(b"\r\n").decode("utf-8"))
    except json.JSONDecodeError as bad:
        raise error(
            f"{path}:{number}:{bad.pos + 1}: broken JSON ({bad.msg}); each line must be one JSON object"
        ) from bad
    except UnicodeDecodeError as bad:
        raise error(
            f"{path}:{number}:{bad.start + 1}: not UTF-8 ({bad.reason}); save the file as UTF-8"
        ) from bad
    except (RecursionError, ValueError) as bad:
        raise error(
            f"{path}:{number}:1: JSON that is nested too deep or holds a number too long; fix that line"
        ) from bad
    if type(value) is not dict:
        raise error(f"{path}:{number}:1: a {_json_type(value)} where a JSON object belongs")
    return cast("dict[str, object]", value)


def read_lines(
    path: Path, *, limits: ReadLimits = READ_LIMITS, error: type[EvaluatorError] = SamplesError
) -> Iterator[Line]:
    """Yield a file's lines as bytes, decompressing gzip by its first bytes, not its name.

    Raises:
        EvaluatorError: of the class given by `error`; unreadable, damaged, or past a limit.
    """
    with open_plain(path, error=error) as (file, ceiling):
        total = number = 0
        while raw := _readline(path, file, limits.line_bytes + 1, error):
            number += 1
            total += len(raw)
            if len(raw) > limits.line_bytes:
                raise error(
                    f"{path}:{number}: a line longer than {limits.line_bytes:,} bytes; no sample needs that"
                )
            if total > ceiling:
                raise error(
                    f"{path}:{number}: more than {ceiling:,} bytes after decompression, which looks like a "
                    "gzip bomb; if it is honest, decompress it first"
                )
            if number == 1 and raw.startswith(_UTF8_BOM):
                raw = raw[len(_UTF8_BOM) :] or b"\n"
            yield Line(number, raw)


@contextlib.contextmanager
def open_plain(
    path: Path, *, limits: ReadLimits = READ_LIMITS, error: type[EvaluatorError] = SamplesError
) -> Iterator[tuple[BinaryIO, int]]:
    """Open a file for reading its decompressed bytes; yields it with the most that may be read from it."""
    try:
        compressed = is_gzip(path)
        ceiling = limits.ceiling(path.stat().st_size, compressed=compressed)
        file = cast("BinaryIO", gzip.GzipFile(path, "rb") if compressed else path.open("rb"))
    except OSError as bad:
        raise error(f"{path}: cannot be read ({bad.strerror})") from bad
    with file:
        yield file, ceiling


def is_gzip(path: Path) -> bool:
    """Return whether a file begins as gzip does."""
    with path.open("rb") as file:
        return file.read(2) == b"\x1f\x8b"


def _readline(path: Path, file: BinaryIO, limit: int, error: type[EvaluatorError]) -> bytes:
    try:
        return file.readline(limit)
    except (EOFError, gzip.BadGzipFile, zlib.error) as bad:
        raise error(f"{path}: damaged or cut-off gzip ({bad}); fetch or compress it again") from bad
    except OSError as bad:
        raise error(f"{path}: cannot be read ({bad.strerror})") from bad


def _json_type(value: object) -> str:
    names = {list: "list", str: "string", int: "number", float: "number", bool: "boolean"}
    return names.get(type(value), "null")
