"""A sample: one text a model wrote for one problem, and the file it stands in."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import Final

from evaluator.errors import SamplesError
from evaluator.files.escaping import printable
from evaluator.problems import ProblemSet
from evaluator.samples.notes import Notes

__all__ = ["Sample", "SampleFile", "SampleFormat", "cached", "sample_from_row", "without_excluded"]


class SampleFormat(StrEnum):
    """Formats of samples files, as `--format` and `format=` spell them.

    INSPECT: `.eval` and `.json` logs. EVALPLUS: rows and directories. LM_EVAL_RESPS: of lm-eval's rows what
    the model wrote, rather than what a filter made of it.
    """

    HUMAN_EVAL = "human-eval"
    EVALPLUS = "evalplus"
    BIGCODE = "bigcode"
    LM_EVAL = "lm-eval"
    LM_EVAL_RESPS = "lm-eval-resps"
    INSPECT = "inspect"
    LIVECODEBENCH = "livecodebench"
    PARQUET = "parquet"
    CSV = "csv"


_REMEMBERED: Final = 16 << 20  # bytes
_OBJECT: Final = 1_000


@dataclass(frozen=True, slots=True)
class Sample:
    """One completion or program of a samples file.

    Attributes:
        task_id: the problem it is for.
        text: what the model wrote.
        whole: whether the text is a whole program (EvalPlus's `solution`) rather than a continuation of the
            prompt (human-eval's `completion`).
        row: what its results row begins with: the input row, or what stands for it in other formats.
        place: where it stands, for messages: a line, a row, a file in a directory.
    """

    task_id: str
    text: str
    whole: bool
    row: Mapping[str, object]
    place: str

    def source(self, prompt: str) -> str:
        """Return the module text to run, as human-eval composes it."""
        return self.text if self.whole else prompt + self.text


@dataclass(frozen=True, slots=True)
class SampleFile:
    """A samples file of a known format. Iterating reads it anew, one sample in memory at a time.

    Attributes:
        path: the file or directory.
        format: how it is read.
        found: how the format was told, for a person.
        read: opens the file and yields its samples in order; raises SamplesError where the file is bad.
        notes: what the last whole reading noticed.
    """

    path: Path
    format: SampleFormat
    found: str
    read: Callable[[], Iterator[Sample]]
    notes: Notes = field(default_factory=Notes)

    def __iter__(self) -> Iterator[Sample]:
        return self.read()

    def sha256(self) -> str:
        """Return the hash of a file's bytes; for a directory or rows in memory, of each sample as JSON."""
        digest = hashlib.sha256()
        if self.path.is_file():
            with self.path.open("rb") as file:
                while chunk := file.read(1 << 20):
                    digest.update(chunk)
        else:
            for sample in self:
                digest.update(
                    json.dumps(dict(sample.row), sort_keys=True, default=str).encode("ascii") + b"\n"
                )
        return digest.hexdigest()


def without_excluded(file: SampleFile, problems: ProblemSet) -> SampleFile:
    """Return the file without samples of problems that the set leaves out."""
    if not problems.left_out:
        return file

    def read() -> Iterator[Sample]:
        return (sample for sample in file if sample.task_id not in problems.left_out)

    return replace(file, read=read)


def cached(file: SampleFile) -> SampleFile:
    """Return the file as one that is read once if it is short; a long one is read anew each time."""
    kept: list[Sample] | None = None

    def read() -> Iterator[Sample]:
        nonlocal kept
        if kept is not None:
            yield from kept
            return
        found: list[Sample] | None = []
        room = _REMEMBERED
        for sample in file:
            if found is not None:
                room -= _size(sample)
                found.append(sample)
                if room < 0:
                    found = None
            yield sample
        kept = found

    return replace(file, read=read)


def _size(sample: Sample) -> int:
    """Return about how many bytes a sample takes; more than there is room for, if that is hard to tell."""
    size = _OBJECT
    for value in sample.row.values():
        if isinstance(value, str):
            size += len(value)
        elif not isinstance(value, int | float | None):
            return _REMEMBERED + 1
    return size


def sample_from_row(row: Mapping[str, object], path: Path, place: int | str) -> Sample:
    """Return the sample in a row of human-eval's or EvalPlus's columns; `solution` wins over `completion`.

    Raises:
        SamplesError: a column is missing or is not text.
    """
    task_id = row.get("task_id")
    whole = "solution" in row
    text = row.get("solution") if whole else row.get("completion")
    if type(task_id) is str and type(text) is str:
        return Sample(task_id, text, whole, row, f"{path}:{place}")
    raise SamplesError(f"{path}:{place}: {_complaint(row)}")


def _complaint(row: Mapping[str, object]) -> str:
    field = (
        "task_id"
        if type(row.get("task_id")) is not str
        else "solution"
        if "solution" in row
        else "completion"
    )
    if field not in row:
        there = printable(", ".join(map(str, row)), 100) or "nothing"
        return f"no {field!r} in this row (it has {there}); rows need task_id and completion or solution"
    advice = "write one row for each sample" if isinstance(row[field], list) else "it must be text"
    kind = type(row[field]).__name__
    article = "an" if kind[0] in "aeiou" else "a"
    return f"{field!r} is {printable(repr(row[field]), 60)}, {article} {kind}; {advice}"
