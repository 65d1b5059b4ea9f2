"""Rows from CSV, JSONL and Parquet files, and the numbers in them.

Every row keeps its place in the file, so that a refusal can name it. Numbers may be written the way people
write them about models: `7B` parameters, `2T` tokens, `1e22` FLOPs.
"""

import csv
import gzip
import json
import math
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO, NamedTuple

from predictor.errors import MissingExtraError, TableError

__all__ = ["Row", "parse_quantity", "read_rows"]

_SUFFIXES = {"": 1.0, "K": 1e3, "M": 1e6, "B": 1e9, "G": 1e9, "T": 1e12, "P": 1e15, "E": 1e18, "Z": 1e21}
_QUANTITY = re.compile(
    r"((?:[0-9][0-9_,]*\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)\s*([KMBGTPEZ]?)", re.IGNORECASE
)

_NO_NUMBER = frozenset({"nan", "+nan", "-nan"})


class Row(NamedTuple):
    """One row and where it stands: `source` is a file's name, `number` counts from 1 without the header."""

    source: str
    number: int
    cells: Mapping[str, object]

    def refuse(self, problem: str, remedy: str) -> TableError:
        """Return a `TableError` that names this row."""
        return TableError(f"{self.source}, row {self.number}: {problem}; {remedy}")

    def has(self, column: str) -> bool:
        """Return whether the cell is there and not blank."""
        cell = self.cells.get(column)
        return (
            cell is not None
            and str(cell).strip() != ""
            and not (isinstance(cell, float) and math.isnan(cell))
        )

    def text(self, column: str) -> str:
        """Return the cell as text; raise `TableError` if it is missing or blank."""
        if not self.has(column):
            raise self.refuse(f"column '{column}' is missing or empty", f"give every row a {column}")
        return str(self.cells[column]).strip()

    def positive(self, column: str) -> float:
        """Return the cell as a positive, finite number; accepts `7B`, `2T`, `1e22`."""
        if self.text(column).lower() in _NO_NUMBER:
            raise self.refuse(
                f"{column} is {self.text(column)}, as of a run that diverged",
                "leave the cell blank or the row out",
            )
        try:
            value = parse_quantity(self.text(column))
        except ValueError:
            raise self.refuse(
                f"{column} is {self.cells[column]!r}", "write a positive number such as 7B, 2T or 1e22"
            ) from None
        return value

    def share(self, column: str) -> float:
        """Return the cell as a share from 0 to 1; a percentage is refused rather than guessed at."""
        text = self.text(column)
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not math.isfinite(value) or value < 0:
            raise self.refuse(
                f"{column} is {text!r}", "write a share from 0 to 1, or leave the cell blank or the row out"
            )
        if value > 1:
            raise self.refuse(
                f"{column} is {text}, more than 1", f"write shares, not percentages: {value / 100:g}"
            )
        return value

    def count(self, column: str) -> int:
        """Return the cell as a whole number of at least 0."""
        text = self.text(column)
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not (value >= 0 and math.isfinite(value) and value == int(value)):
            raise self.refuse(f"{column} is {text!r}", "write a whole number of at least 0")
        return int(value)

    def passes(self) -> tuple[int, int]:
        """Return the columns n and c: how many samples there are, at least one, and how many of them passed.

        Raises:
            TableError: n or c is no whole number, n is 0, or c is more than n.
        """
        samples, passed = self.count("n"), self.count("c")
        if samples == 0:
            raise self.refuse("n is 0", "leave the row out or give at least one sample")
        if passed > samples:
            raise self.refuse(f"c is {passed} but n is {samples}", "c counts the passes among the n samples")
        return samples, passed


def parse_quantity(text: str | float) -> float:
    """Parse a positive number as a person writes it: `7B`, `2T`, `350M`, `1e22`, `1,000,000`.

    Raises:
        ValueError: the text is no positive, finite number.
    """
    match = _QUANTITY.fullmatch(str(text).strip())
    if match is None:
        raise ValueError(f"{text!r} is not a positive number; write 7B, 2T or 1e22")
    value = float(match.group(1).replace(",", "").replace("_", "")) * _SUFFIXES[match.group(2).upper()]
    if not (0 < value < math.inf):
        raise ValueError(f"{text!r} is not a positive number; write 7B, 2T or 1e22")
    return value


def read_rows(path: str | Path) -> list[Row]:
    """Read all rows of a CSV, JSONL (also gzipped) or Parquet file, in file order.

    A blank cell and a null are missing. A cell that is not a number (NaN) is text in every format, so that
    where a number is needed it is refused rather than passed over.

    Raises:
        TableError: the file is missing, empty, or not what its suffix says.
        MissingExtraError: a Parquet file without the `parquet` extra.
    """
    path = Path(path)
    if not path.is_file():
        what = "not a regular file" if path.exists() else "no such file"
        raise TableError(f"{path}: {what}; give the path of a CSV, JSONL or Parquet table")
    name = path.name.removesuffix(".gz")
    try:
        if name.endswith(".parquet"):
            cells = _parquet(path)
        else:
            with _open(path) as stream:
                reader = (
                    _jsonl(stream, path.name)
                    if name.endswith((".jsonl", ".ndjson"))
                    else _csv(stream, path.name)
                )
                cells = list(reader)
    except UnicodeDecodeError as error:
        raise TableError(f"{path.name}: not UTF-8 text ({error.reason}); save the table as UTF-8") from None
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise TableError(f"{path.name}: damaged gzip ({error}); fetch or compress it again") from None
    if not cells:
        raise TableError(f"{path.name}: the table has no rows; give at least one row per model")
    return [Row(path.name, number, row) for number, row in enumerate(cells, start=1)]


def rows_from(records: Iterable[Mapping[str, object]], source: str = "rows") -> list[Row]:
    """Return rows from mappings that are already in memory."""
    return [Row(source, number, record) for number, record in enumerate(records, start=1)]


def _open(path: Path) -> IO[str]:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def _csv(stream: IO[str], source: str) -> Iterator[Mapping[str, object]]:
    reader = csv.DictReader(stream)
    header = reader.fieldnames or ()
    for mark, name in ((";", "semicolons"), ("\t", "tabs")):
        if len(header) == 1 and mark in header[0]:
            raise TableError(
                f"{source}: {header[0]!r:.60} is one column, because {name} stand between its names; save "
                "the table with commas"
            )
    return ({str(key).strip(): value for key, value in row.items()} for row in reader)


def _jsonl(stream: IO[str], source: str) -> Iterator[Mapping[str, object]]:
    for number, line in enumerate(stream, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line, parse_constant=str)
        except json.JSONDecodeError as error:
            raise TableError(
                f"{source}, row {number}: not JSON ({error.msg}); write one object per line"
            ) from None
        if not isinstance(row, dict):
            raise TableError(
                f"{source}, row {number}: {line.strip()[:40]!r} is not an object; write one object per line"
            )
        yield row


def _parquet(path: Path) -> list[Mapping[str, object]]:
    try:
        from pyarrow import ArrowException, parquet  # noqa: PLC0415  (an optional extra)
    except ImportError:
        raise MissingExtraError("reading Parquet needs pyarrow; install passlaw[parquet]") from None
    try:
        return [
            {column: "NaN" if cell != cell else cell for column, cell in row.items()}  # noqa: PLR0124 - NaN alone
            for row in parquet.read_table(path).to_pylist()
        ]
    except ArrowException:
        raise TableError(f"{path.name}: not a Parquet file; check the suffix") from None
