"""bigcode-evaluation-harness's `generations*.json`: for each problem in order, a list of whole programs."""

from collections.abc import Iterator
from pathlib import Path

from evaluator.errors import SamplesError
from evaluator.files.escaping import printable
from evaluator.problems import ProblemSet
from evaluator.samples.readers.json_list import read_list
from evaluator.samples.sample import Sample

__all__ = ["read"]


def read(path: Path, problems: ProblemSet) -> Iterator[Sample]:
    """Yield the programs of a list of lists in the problem set's order; the prompt is included in each.

    Raises:
        SamplesError: it is not a list of lists of text, or holds more lists than there are problems.
    """
    task_ids = problems.listed
    for index, texts in enumerate(read_list(path)):
        if index >= len(task_ids):
            raise SamplesError(
                f"{path}: more than the {len(task_ids)} lists of {problems.name}", option="problems"
            )
        if not isinstance(texts, list):
            raise SamplesError(
                f"{path}: element {index} is {printable(repr(texts), 60)}, not a list of programs"
            )
        for number, text in enumerate(texts):
            place = f"{path}: element {index}, sample {number}"
            if not isinstance(text, str):
                raise SamplesError(f"{place}: {printable(repr(text), 60)} is not text")
            row = {"task_id": task_ids[index], "solution": text}
            yield Sample(task_ids[index], text, whole=True, row=row, place=place)
