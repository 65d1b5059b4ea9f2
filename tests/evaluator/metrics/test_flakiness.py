import itertools
import json
import statistics
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from evaluator import evaluate
from evaluator.cli import main
from evaluator.errors import RunError
from evaluator.metrics import flakiness

Write = Callable[..., Path]
SOMETIMES = "    import time\n    return x + y if time.time_ns() // 1000 % 2 else None\n"


def row(task: str, text: str, *, passed: bool | None, **more: object) -> dict[str, object]:
    return {"task_id": task, "completion": text, "passed": passed, **more}


def test_disagreement_is_the_share_of_pairs_of_scorings_that_differ(write_rows: Write) -> None:
    scorings = {"a": [True, False, True, True], "b": [False, False, False]}
    rows = [row("t", text, passed=each) for text, every in scorings.items() for each in every]
    [found] = flakiness([write_rows(rows)])
    pairs = [[x != y for x, y in itertools.combinations(every, 2)] for every in scorings.values()]
    assert (found.programs, found.flaky) == (2, 1)
    assert found.disagreement == pytest.approx(statistics.fmean(map(statistics.fmean, pairs)))


def test_several_files_are_taken_together_and_what_was_not_run_counts_for_nothing(write_rows: Write) -> None:
    one = write_rows([row("t", "a", passed=True), row("t", "a", passed=True, reused=True)], "one.jsonl")
    two = write_rows(
        [row("t", "a", passed=False, verdict="timed_out"), row("t", "b", passed=None)], "two.jsonl"
    )
    assert flakiness([one]) == []
    [found] = flakiness([one, two])
    assert (found.programs, found.flaky, found.verdicts) == (1, 1, {"passed": 1, "timed_out": 1})


def test_a_completion_and_a_whole_program_of_the_same_text_are_two_programs(write_rows: Write) -> None:
    rows = [row("t", "a", passed=True), {"task_id": "t", "solution": "a", "passed": False}]
    assert flakiness([write_rows(rows)]) == []


def test_a_program_that_answers_by_the_clock_is_found_out(write_rows: Write, tmp_path: Path) -> None:
    """Scored for real: thirty times without sharing, with a steady program beside it."""
    prompt_and_test = {
        "task_id": "t/0", "prompt": 'def add(x, y):\n    """Add."""\n', "entry_point": "add",
        "test": "def check(candidate):\n    assert candidate(1, 2) == 3\n",
    }  # fmt: skip
    problems = write_rows([prompt_and_test], "problems.jsonl")
    rows = [{"task_id": "t/0", "completion": text} for text in [SOMETIMES, "    return x + y\n"] * 30]
    results = tmp_path / "results.jsonl"
    evaluate(rows, problems, k=(1,), workers=1, dedupe=False, execution="dedicated", output=results)
    [found] = flakiness([results])
    assert (found.programs, found.flaky) == (2, 1)
    assert set(found.verdicts) == {"passed", "wrong_answer"}
    done = CliRunner().invoke(main, ["flaky", str(results)])
    assert "1 problem with 1 program whose verdicts differ" in done.output
    [told] = json.loads(CliRunner().invoke(main, ["flaky", str(results), "--json"]).output)
    assert told["disagreement"] == pytest.approx(found.disagreement)


def test_other_files_are_refused_by_row(write_rows: Write, tmp_path: Path) -> None:
    with pytest.raises(RunError, match=r"samples.jsonl:1: not a results row"):
        flakiness([write_rows([{"task_id": "t", "completion": "x"}])])
    done = CliRunner().invoke(main, ["flaky", str(tmp_path / "none")])
    assert (done.exit_code, "no such file" in done.output) == (2, True)
