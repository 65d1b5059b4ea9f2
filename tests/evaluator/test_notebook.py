"""Scoring from Python: what may be given, what is refused before anything runs, how results look."""

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from evaluator import (
    Comparison,
    EvaluationResult,
    EvaluatorError,
    Model,
    UsageError,
    compare,
    evaluate,
    load_problems,
)

DIRECT_RUN = importlib.import_module("evaluator.direct_run")
RIGHT, WRONG = "    return number % 1.0\n", "    return number\n"
ROWS = [{"task_id": "HumanEval/2", "completion": text} for text in (RIGHT, WRONG)]
PROBLEM = {
    "task_id": "<b>add</b>", "prompt": "def add(a, b):\n", "entry_point": "add",
    "canonical_solution": "    return a + b\n", "test": "def check(f):\n    assert f(1, 2) == 3\n",
}  # fmt: skip


def score(samples: Any = ROWS, **options: Any) -> EvaluationResult:
    return evaluate(samples, **{"k": 1, "workers": 1, "ignore_incomplete": True} | options)


@pytest.fixture(scope="module")
def scored() -> EvaluationResult:
    return score()


def test_frames_rows_and_files_are_scored_alike(write_rows: Callable[..., Path]) -> None:
    mixed = [ROWS[0], {"task_id": "HumanEval/2", "solution": "def truncate_number(n):\n    return 1\n"}]
    frame = pd.DataFrame(mixed)  # a cell of either column holds no value
    found = [score(each) for each in (frame, iter(mixed), write_rows(mixed))]
    assert {result.pass_at_k["pass@1"] for result in found} == {0.5}
    assert [dict(result.counts) for result in found] == [dict(found[0].counts)] * 3


def test_problems_are_taken_as_a_frame_too() -> None:
    sample = {"task_id": PROBLEM["task_id"], "completion": "    return b + a\n"}
    for problems in (pd.DataFrame([PROBLEM]), [PROBLEM]):
        assert score([sample], problems=problems).pass_at_k == {"pass@1": 1.0}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"model": 3}, r"model: 3 must be a name, or a passlaw\.Model"),
        ({"model": "two\nlines"}, "must be at most 200 printable characters"),
        ({"k": "10"}, r"k: '10' must be one or more whole numbers from 1"),
        ({"k": (1, 0)}, "must be one or more whole numbers"),
        ({"judge": "none"}, "judge: 'none' must be isolated or in-process"),
        ({"backend": "vm"}, "backend: 'vm' must be auto, namespace, docker or landlock"),
        ({"isolation": "none"}, "isolation: 'none' must be landlock, namespaces, docker or gvisor"),
        ({"execution": "fast"}, "execution: 'fast' must be auto or dedicated"),
        ({"sample_format": "txt"}, "sample_format: 'txt' must be human-eval, "),
        ({"workers": "2"}, "workers: '2' must be a number"),
        ({"timeout_s": "3"}, "timeout_s: '3' must be a number"),
        ({"samples": 3}, "samples must be a path, a data frame or a list of dictionaries, not int"),
        ({"samples": ["x"]}, "rows, row 1: 'x' is a str"),
        ({"samples": pd.DataFrame({"task": ["HumanEval/2"]})}, "no 'task_id' in this row"),
        ({"problems": 3}, "problems must be a path, a data frame or a list of dictionaries, not int"),
    ],
)
def test_a_wrong_option_is_one_sentence_before_a_sandbox_is_opened(
    options: dict[str, Any], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def opened(*_given: object) -> None:
        pytest.fail("a sandbox was opened")

    monkeypatch.setattr(DIRECT_RUN, "open_executor", opened)
    with pytest.raises(EvaluatorError, match=message) as refused:
        score(**{"samples": ROWS} | options)
    assert "\n" not in str(refused.value)


def test_a_name_is_enough_of_a_model(tmp_path: Path) -> None:
    score(model="gpt-x", output=tmp_path / "r.jsonl")
    assert '"name": "gpt-x"' in (tmp_path / "r.jsonl_run.json").read_text()
    assert Model.of("gpt-x") == Model("gpt-x")


def test_a_result_is_a_line_and_a_small_table(scored: EvaluationResult) -> None:
    assert repr(scored).startswith("EvaluationResult(pass@1 50.00% (95% interval ")
    assert repr(scored).endswith(f"2 samples of 1 problem, isolated judge, {scored.isolation})")
    table = scored._repr_html_()
    assert '<td style="text-align:left">pass@1</td>' in table
    assert "Verdicts: passed 1, wrong answer 1." in table
    assert max(len(table), len(repr(scored))) < 2000
    assert scored.plot()._repr_png_().startswith(b"\x89PNG")  # type: ignore[attr-defined]
    with pytest.raises(UsageError, match="of: 'x' is neither 'samples' nor 'problems'"):
        scored.to_pandas("x")  # type: ignore[arg-type]


def test_results_are_compared_as_they_are(scored: EvaluationResult) -> None:
    better = score([ROWS[0], ROWS[0]])
    found = compare(scored, better)
    assert isinstance(found, Comparison)
    assert found == compare(scored.counts, better.counts)
    assert repr(found).startswith("Comparison(pass@1 of 1 problem: A 50.00%, B 100.00%, B - A +50.00 ")
    assert "no clear difference: the interval includes zero" in repr(found)
    assert "No clear difference: the interval includes zero." in found._repr_html_()
    assert found.plot()._repr_png_().startswith(b"\x89PNG")  # type: ignore[attr-defined]
    same = compare(scored, scored)
    assert same is not None
    with pytest.raises(UsageError, match="the runs differ on no problem"):
        same.plot()


def test_what_holds_much_is_shown_short(scored: EvaluationResult) -> None:
    problems = load_problems("humaneval")
    for each in (problems, problems["HumanEval/0"], scored.problem_check):
        assert len(repr(each)) < 200
    assert repr(problems).startswith("ProblemSet('humaneval', 164 problems, sha256 ")


def test_names_of_problems_stay_text_in_html_and_figures() -> None:
    sample = {"task_id": "<b>add</b>", "completion": "    return a - b\n"}
    right = {"task_id": "<b>add</b>", "completion": "    return a + b\n"}
    a, b = (score([each] * 2, problems=[PROBLEM]) for each in (sample, right))
    assert "<b>" not in a._repr_html_()
    assert compare(a, b).plot()._repr_png_()  # type: ignore[union-attr, attr-defined]
