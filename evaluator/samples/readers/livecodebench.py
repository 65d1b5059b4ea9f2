"""LiveCodeBench's outputs: rows with `question_id` and `code_list`, the programs of one problem."""

from collections.abc import Iterator
from pathlib import Path

from evaluator.errors import SamplesError
from evaluator.files.escaping import printable
from evaluator.files.jsonl import read_rows
from evaluator.problems import ProblemSet
from evaluator.samples.sample import Sample

__all__ = ["read"]


def read(path: Path, _problems: ProblemSet) -> Iterator[Sample]:
    """Yield the programs of each row in turn.

    Raises:
        SamplesError: a row has no `question_id`, or no list of text in `code_list`.
    """
    for line, row in read_rows(path):
        task_id, programs = row.get("question_id"), row.get("code_list")
        if not isinstance(task_id, str) or not isinstance(programs, list):
            raise SamplesError(f"{path}:{line}: rows need a question_id and a code_list")
        for number, text in enumerate(programs):
            if not isinstance(text, str):
                raise SamplesError(
                    f"{path}:{line}: program {number} is {printable(repr(text), 60)}; it must be text"
                )
            own = {"task_id": task_id, "solution": text}
            graded = row.get("graded_list")
            if isinstance(graded, list) and number < len(graded):
                own["graded"] = graded[number]
            yield Sample(task_id, text, whole=True, row=own, place=f"{path}:{line}, program {number}")
