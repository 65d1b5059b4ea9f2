"""From a path to a samples file: what its first bytes say it is, and the reader for that."""

import json
import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Final

from evaluator.errors import SamplesError
from evaluator.files.jsonl import is_gzip, open_plain
from evaluator.problems import ProblemSet
from evaluator.samples.notes import Notes
from evaluator.samples.readers import (
    bigcode,
    evalplus_directory,
    inspect_logs,
    livecodebench,
    lm_eval,
    tables,
)
from evaluator.samples.readers.human_eval import read_sample_rows
from evaluator.samples.sample import Sample, SampleFile, SampleFormat, without_excluded

__all__ = ["open_samples"]

_HEAD_BYTES: Final = 1 << 20
# Its `*_eval_results.json`: a date and the set's hash before the results, which may be all on one line.
_EVALPLUS_RESULTS: Final = re.compile(
    r'\{\s*(?="(?:date|hash)")(?:"(?:date|hash)"\s*:\s*"[^"]*"\s*,\s*)*"eval"\s*:\s*\{'
)

Reader = Callable[[Path, ProblemSet], Iterator[Sample]]


def open_samples(
    path: str | Path,
    problems: ProblemSet,
    sample_format: SampleFormat | None = None,
    *,
    sample_filter: str | None = None,
) -> SampleFile:
    """Return the samples file at a path; its format is told by content unless it is given.

    Args:
        path: a file, or a directory in EvalPlus's layout.
        problems: the set it is for; formats without task ids are in its order.
        sample_format: read it as this, whatever it looks like.
        sample_filter: of an lm-eval log with a row for each of several filters, the one to read; the log's
            first unless given.

    Raises:
        SamplesError: there is no such file, it is empty, or it looks like nothing known; or a filter is asked
            of what is no lm-eval log.
    """
    path = Path(path)
    if not (path.is_file() or path.is_dir()):
        if path.exists():
            raise SamplesError(
                f"{path}: a pipe or a device; samples are read more than once, so save them to a file"
            )
        raise SamplesError(f"{path}: no such file or directory; give the path of a samples file")
    if sample_format is None:
        sample_format, found = _detect(path)
    else:
        found = "as asked for"
    notes = Notes()
    if sample_filter is not None:
        if sample_format is not SampleFormat.LM_EVAL:
            raise SamplesError(
                f"{path}: read as {sample_format}, which has no filters; leave {sample_filter!r:.100} out"
            )
        read = partial(lm_eval.read, path, problems, notes, chosen=sample_filter)
        return without_excluded(SampleFile(path, sample_format, found, read, notes), problems)
    if path.is_dir():
        reader: Callable[[], Iterator[Sample]] = partial(evalplus_directory.read, path, problems)
    elif sample_format in _NOTING:
        reader = partial(_NOTING[sample_format], path, problems, notes)
    else:
        reader = partial(_READERS[sample_format], path, problems)
    return without_excluded(SampleFile(path, sample_format, found, reader, notes), problems)


def _detect(path: Path) -> tuple[SampleFormat, str]:
    if path.is_dir():
        return SampleFormat.EVALPLUS, "a directory"
    with open_plain(path) as (file, _):
        try:
            head = file.read(_HEAD_BYTES)
        except (OSError, EOFError) as bad:
            raise SamplesError(f"{path}: damaged gzip ({bad}); fetch or compress it again") from bad
    if head.startswith(b"PAR1"):
        if is_gzip(path):
            raise SamplesError(
                f"{path}: a gzipped Parquet file, which cannot be read in parts; decompress it"
            )
        return SampleFormat.PARQUET, "Parquet's mark"
    if head.startswith(b"PK\x03\x04"):
        return SampleFormat.INSPECT, "a zip archive"
    text = head.decode("utf-8", "replace").removeprefix("\ufeff").lstrip()
    if not text:
        raise SamplesError(f"{path}: empty; it must hold at least one sample")
    if text.startswith("["):
        if text[1:].lstrip().startswith("{"):
            raise SamplesError(
                f"{path}: a JSON list of objects; write one object a line, without the brackets and commas "
                "('jq -c .[] FILE' does)"
            )
        return SampleFormat.BIGCODE, "a JSON list"
    return _from_object(path, text) if text.startswith("{") else _from_header(path, text)


def _from_object(path: Path, text: str) -> tuple[SampleFormat, str]:
    line = text.split("\n", 1)[0]
    if _EVALPLUS_RESULTS.match(text):
        raise SamplesError(
            f"{path}: EvalPlus's results of a scoring; give its samples, the file or folder that was scored"
        )
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
    if "question_id" in row and "code_list" in row:
        return SampleFormat.LIVECODEBENCH, "rows with 'question_id' and 'code_list'"
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
    SampleFormat.LIVECODEBENCH: livecodebench.read,
    SampleFormat.PARQUET: tables.read_parquet,
    SampleFormat.CSV: tables.read_csv,
}
_NOTING: Final[dict[SampleFormat, Callable[[Path, ProblemSet, Notes], Iterator[Sample]]]] = {
    SampleFormat.LM_EVAL: lm_eval.read,
    SampleFormat.LM_EVAL_RESPS: partial(lm_eval.read, raw=True),
    SampleFormat.INSPECT: inspect_logs.read,
}
