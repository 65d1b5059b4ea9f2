"""From a path to a samples file: what its first bytes say it is, and the reader for that."""

import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Final

from evaluator.errors import SamplesError
from evaluator.files.jsonl import open_plain
from evaluator.problems import ProblemSet
from evaluator.samples.readers import bigcode, evalplus_directory, inspect_logs, lm_eval, tables
from evaluator.samples.readers.human_eval import read_sample_rows
from evaluator.samples.sample import Sample, SampleFile, SampleFormat, without_excluded

__all__ = ["open_samples"]

_HEAD_BYTES: Final = 1 << 20

Reader = Callable[[Path, ProblemSet], Iterator[Sample]]


def open_samples(
    path: str | Path, problems: ProblemSet, sample_format: SampleFormat | None = None
) -> SampleFile:
    """Return the samples file at a path; its format is told by content unless it is given.

    Args:
        path: a file, or a directory in EvalPlus's layout.
        problems: the set it is for; formats without task ids are in its order.
        sample_format: read it as this, whatever it looks like.

    Raises:
        SamplesError: there is no such file, it is empty, or it looks like nothing known.
    """
    path = Path(path)
    if not (path.is_file() or path.is_dir()):
        raise SamplesError(f"{path}: no such file or directory")
    if sample_format is None:
        sample_format, found = _detect(path)
    else:
        found = "as asked for"
    reader = evalplus_directory.read if path.is_dir() else _READERS[sample_format]
    return without_excluded(SampleFile(path, sample_format, found, partial(reader, path, problems)), problems)


def _detect(path: Path) -> tuple[SampleFormat, str]:
    if path.is_dir():
        return SampleFormat.EVALPLUS, "a directory"
    with open_plain(path) as (file, _):
        try:
            head = file.read(_HEAD_BYTES)
        except (OSError, EOFError) as bad:
            raise SamplesError(f"{path}: damaged gzip ({bad}); fetch or compress it again") from bad
    if head.startswith(b"PAR1"):
        return SampleFormat.PARQUET, "Parquet's mark"
    if head.startswith(b"PK\x03\x04"):
        return SampleFormat.INSPECT, "a zip archive"
    text = head.decode("utf-8", "replace").removeprefix("\ufeff").lstrip()
    if not text:
        raise SamplesError(f"{path}: empty; it must hold at least one sample")
    if text.startswith("["):
        return SampleFormat.BIGCODE, "a JSON list"
    return _from_object(text) if text.startswith("{") else _from_header(path, text)


def _from_object(text: str) -> tuple[SampleFormat, str]:
    line = text.split("\n", 1)[0]
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        row = {}
        # A log is one object over many lines, or one line too long for the head.
        if '"eval"' in text and ('"samples"' in text or '"plan"' in text or '"status"' in text):
            return SampleFormat.INSPECT, "an object with 'eval'"
    if "eval" in row and "task_id" not in row:
        return SampleFormat.INSPECT, "an object with 'eval'"
    if "doc" in row and ("resps" in row or "filtered_resps" in row):
        return SampleFormat.LM_EVAL, "rows with 'doc' and 'resps'"
    if "solution" in row:
        return SampleFormat.EVALPLUS, "rows with 'solution'"
    return SampleFormat.HUMAN_EVAL, "rows with 'completion'" if "completion" in row else "JSON lines"


def _from_header(path: Path, text: str) -> tuple[SampleFormat, str]:
    columns = {column.strip().strip('"') for column in text.split("\n", 1)[0].split(",")}
    if "task_id" in columns and columns & {"completion", "solution"}:
        return SampleFormat.CSV, "a header with 'task_id'"
    formats = ", ".join(SampleFormat)
    raise SamplesError(f"{path}:1: unrecognised format, none of {formats}", option="format")


_READERS: Final[dict[SampleFormat, Reader]] = {
    SampleFormat.HUMAN_EVAL: read_sample_rows,
    SampleFormat.EVALPLUS: read_sample_rows,
    SampleFormat.BIGCODE: bigcode.read,
    SampleFormat.LM_EVAL: lm_eval.read,
    SampleFormat.INSPECT: inspect_logs.read,
    SampleFormat.PARQUET: tables.read_parquet,
    SampleFormat.CSV: tables.read_csv,
}
