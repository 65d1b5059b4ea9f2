"""lm-evaluation-harness's `samples_<task>_<date>.jsonl`, written with `--log_samples`.

`filtered_resps` hold what the task made of the answers: for HumanEval and MBPP whole programs. Where they
are not, the raw `resps` continue the prompt. A task with several filters has a row for each of them and
document: those of one filter are read, the file's first unless another is chosen.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from evaluator.errors import SamplesError
from evaluator.files.escaping import printable
from evaluator.files.jsonl import read_rows
from evaluator.problems import ProblemSet
from evaluator.samples.notes import Notes, Remark
from evaluator.samples.sample import Sample
from evaluator.samples.task_ids import known_task_id

__all__ = ["read"]

_FENCE: Final = "```"
_MOST_FILTERS: Final = 20


def read(
    path: Path, problems: ProblemSet, notes: Notes, *, raw: bool = False, chosen: str | None = None
) -> Iterator[Sample]:
    """Yield every answer of every row: one row of lm-eval holds all samples of a problem.

    Args:
        path: the file.
        problems: the set it is for.
        notes: gets what a person should know: filters passed over, answers that a filter dropped or cut.
        raw: read `resps`, whatever the filters made of them.
        chosen: the filter whose rows to read.

    Raises:
        SamplesError: a row has no `doc` with a task_id, or no answers; or no row is of the chosen filter.
    """
    log = _Log(notes, chosen)
    for line, row in read_rows(path):
        place = f"{path}:{line}"
        doc = row.get("doc")
        if not isinstance(doc, Mapping) or "task_id" not in doc:
            raise SamplesError(f"{place}: no doc.task_id; log the samples with lm-eval's --log_samples")
        if not log.takes(row):
            continue
        task_id = known_task_id(doc["task_id"], problems, place)
        prompt = str(doc.get("prompt", ""))
        texts = _answers(row, place, raw=raw)
        if not raw:
            log.compare(_texts(row.get("resps")), texts, problems, task_id)
        for number, text in enumerate(texts):
            whole = _is_program(text, prompt)
            column = "solution" if whole else "completion"
            kept = {"task_id": task_id, column: text, "doc_id": row.get("doc_id"), "resp": number}
            if "filter" in row:
                kept["filter"] = "resps" if raw else row["filter"]
            yield Sample(task_id, text, whole, kept, place)
    log.tell(path)


class _Log:
    """What is noticed from row to row."""

    def __init__(self, notes: Notes, chosen: str | None) -> None:
        self._notes = notes
        self._chosen = chosen
        self._filters: list[str] = []
        self._written = self._kept = self._cut = 0
        notes.clear()

    def takes(self, row: Mapping[str, object]) -> bool:
        """Whether a row is one of the filter's that is read."""
        name = str(row.get("filter"))
        if name not in self._filters and len(self._filters) < _MOST_FILTERS:
            self._filters.append(name)
        return name == (self._filters[0] if self._chosen is None else self._chosen)

    def compare(self, written: list[str], kept: list[str], problems: ProblemSet, task_id: str) -> None:
        """Count the answers that a filter dropped, and those of which it cut the function off."""
        self._written += max(len(written), len(kept))
        self._kept += len(kept)
        if task_id in problems:
            mark = f"def {problems[task_id].entry_point}"
            prompt = problems[task_id].prompt
            for text, rest in zip(written, kept, strict=False):
                begun = text.find(_FENCE)
                code = rest.removeprefix(prompt)
                self._cut += begun >= 0 and mark not in code and mark in text[begun:]

    def tell(self, path: Path) -> None:
        if self._chosen is not None and self._chosen not in self._filters:
            there = printable(", ".join(self._filters), 200)
            raise SamplesError(f"{path}: no row of the filter {self._chosen!r:.100}; it has {there}")
        if len(self._filters) > 1:
            taken = self._filters[0] if self._chosen is None else self._chosen
            others = printable(", ".join(name for name in self._filters if name != taken), 200)
            self._notes.sentences.append(
                Remark(
                    f"The log has a row for each of {len(self._filters)} filters: read as {taken!r:.100}, "
                    f"passed over {others}",
                    option="filter",
                    to="score another",
                )
            )
        dropped = self._written - self._kept
        if dropped:
            self._notes.sentences.append(
                Remark(
                    f"A filter dropped {dropped:,} of {self._written:,} answers that the model gave",
                    option="format",
                    to="lm-eval-resps, which scores all of them",
                )
            )
        if self._cut and self._cut == self._kept:
            self._notes.sentences.append(
                Remark(
                    "The filter cut every answer at its first fence, before the function",
                    option="format",
                    to="lm-eval-resps, and sanitize what the model wrote",
                )
            )


def _answers(row: Mapping[str, object], place: str, *, raw: bool) -> list[str]:
    for field in ("resps",) if raw else ("filtered_resps", "resps"):
        texts = _texts(row.get(field))
        if texts:
            return texts
    fields = "resps do not" if raw else "neither filtered_resps nor resps"
    raise SamplesError(f"{place}: {fields} hold text; is it a generation task?")


def _texts(answers: object) -> list[str]:
    """Return the answers if all of them are text."""
    texts = [text for text in _flat(answers) if isinstance(text, str)]
    return texts if len(texts) == len(_flat(answers)) else []


def _flat(answers: object) -> list[object]:
    if not isinstance(answers, list):
        return [] if answers is None else [answers]
    return [text for answer in answers for text in _flat(answer)]


def _is_program(text: str, prompt: str) -> bool:
    return bool(prompt.strip()) and text.lstrip().startswith(prompt.strip()[:200])
