"""lm-evaluation-harness's `samples_<task>_<date>.jsonl`, written with `--log_samples`.

`filtered_resps` hold what the task made of the answers: for HumanEval and MBPP whole programs. Where they
are not, the raw `resps` continue the prompt.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from evaluator.errors import SamplesError
from evaluator.files.jsonl import read_rows
from evaluator.problems import ProblemSet
from evaluator.samples.sample import Sample

__all__ = ["read"]


def read(path: Path, problems: ProblemSet) -> Iterator[Sample]:
    """Yield every answer of every row: one row of lm-eval holds all samples of a problem.

    Raises:
        SamplesError: a row has no `doc` with a task_id, or no answers.
    """
    for line, row in read_rows(path):
        doc = row.get("doc")
        if not isinstance(doc, Mapping) or "task_id" not in doc:
            raise SamplesError(f"{path}:{line}: no doc.task_id; log the samples with lm-eval's --log_samples")
        task_id = _task_id(doc["task_id"], problems)
        for number, text in enumerate(_answers(row, path, line)):
            whole = _is_program(text, str(doc.get("prompt", "")))
            column = "solution" if whole else "completion"
            kept = {"task_id": task_id, column: text, "doc_id": row.get("doc_id"), "resp": number}
            yield Sample(task_id, text, whole, kept, f"{path}:{line}")


def _answers(row: Mapping[str, object], path: Path, line: int) -> list[str]:
    for field in ("filtered_resps", "resps"):
        texts = _flat(row.get(field))
        if texts and all(isinstance(text, str) for text in texts):
            return [str(text) for text in texts]
    raise SamplesError(f"{path}:{line}: neither filtered_resps nor resps hold text; is it a generation task?")


def _flat(answers: object) -> list[object]:
    if not isinstance(answers, list):
        return [] if answers is None else [answers]
    return [text for answer in answers for text in _flat(answer)]


def _is_program(text: str, prompt: str) -> bool:
    return bool(prompt.strip()) and text.lstrip().startswith(prompt.strip()[:200])


def _task_id(given: object, problems: ProblemSet) -> str:
    """MBPP's rows number their tasks; the set's ids carry its name."""
    if isinstance(given, int):
        return next((name for name in problems.problems if name.rpartition("/")[2] == str(given)), str(given))
    return str(given)
