"""Kept outcomes: the same program is not run again, anything that could change its outcome makes it another."""

import contextlib
import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from evaluator import evaluate
from evaluator.cli.main import main
from evaluator.errors import CacheError
from evaluator.problems import ProblemSet, load_problems
from evaluator.scoring.outcome_cache import Cache
from sandbox import Check, Program, open_sandbox

RIGHT, WRONG, ODD = (
    "    return number % 1.0\n",
    "    return 0.5\n",
    "    import os; os.getpid()\n    return 0.0\n",
)


@pytest.fixture(scope="module")
def one() -> ProblemSet:
    return load_problems("humaneval")


@pytest.fixture
def rows(write_rows: Callable[..., Path]) -> Path:
    return write_rows({"task_id": "HumanEval/2", "completion": text} for text in (RIGHT, WRONG, ODD, RIGHT))


def _scored(rows: Path, one: ProblemSet, cache: Path, **more: object) -> tuple[list[object], int]:
    arguments: dict[str, object] = {"k": (1,), "workers": 1, "ignore_incomplete": True, "audit": 0.0}
    evaluate(rows, one, cache=cache, **(arguments | more))  # type: ignore[arg-type]
    results = [json.loads(line) for line in Path(f"{rows}_results.jsonl").read_text().splitlines()]
    with Cache(cache) as opened:
        return [(row["verdict"], row["cpu_s"], row["execution"]) for row in results], opened.info().outcomes


def test_second_run_takes_every_outcome_from_the_first(rows: Path, one: ProblemSet, tmp_path: Path) -> None:
    cache = tmp_path / "outcomes.sqlite"
    first, kept = _scored(rows, one, cache)
    assert kept == 3
    assert _scored(rows, one, cache) == (first, 3)  # the CPU times, too, are those of the first run


@pytest.mark.parametrize(
    "changed", [{"timeout_s": 2.5}, {"judge": "in-process"}, {"execution": "dedicated"}], ids=str
)
def test_other_conditions_are_other_outcomes(
    changed: dict[str, object], rows: Path, one: ProblemSet, tmp_path: Path
) -> None:
    cache = tmp_path / "outcomes.sqlite"
    _scored(rows, one, cache)
    assert _scored(rows, one, cache, **changed)[1] == 6


def test_changed_row_is_run_again(rows: Path, one: ProblemSet, tmp_path: Path) -> None:
    cache = tmp_path / "outcomes.sqlite"
    first, _ = _scored(rows, one, cache)
    with sqlite3.connect(cache) as database:
        database.execute("update outcomes set outcome = replace(outcome, 'wrong_answer', 'passed')")
    database.close()
    again, kept = _scored(rows, one, cache)
    assert [verdict for verdict, *_ in again] == [verdict for verdict, *_ in first]
    assert kept == 3


def test_interrupted_run_keeps_nothing(tmp_path: Path) -> None:
    check = Check("f", "def check(candidate):\n    assert candidate() == 1\n")
    programs = [Program("def f():\n    return 1\n", check)] * 3
    path = tmp_path / "outcomes.sqlite"
    with open_sandbox(workers=1) as box:
        with Cache(path) as cache:
            outcomes = list(cache.around(box.run, box.description)(programs))
        with Cache(path) as cache:
            assert cache.info().outcomes == 0
    assert [outcome.verdict.passed for outcome in outcomes] == [True] * 3


@pytest.mark.parametrize("content", [b"not a database" * 100, b"SQLite format 3\0" + b"x" * 5000])
def test_file_that_is_no_cache_is_left_alone(
    content: bytes, rows: Path, one: ProblemSet, tmp_path: Path
) -> None:
    path = tmp_path / "other"
    path.write_bytes(content)
    with pytest.raises(CacheError, match=r"delete it|choose another"):
        _scored(rows, one, path)
    assert path.read_bytes() == content
    done = CliRunner().invoke(main, ["cache", "clear", str(path)])
    assert (done.exit_code, path.read_bytes()) == (2, content)


def test_database_of_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other"
    with sqlite3.connect(path) as database:
        database.execute("create table mine (x)")
    database.close()
    with pytest.raises(CacheError, match="something else"):
        Cache(path)


def test_commands_show_and_clear(rows: Path, one: ProblemSet, tmp_path: Path) -> None:
    cache = tmp_path / "outcomes.sqlite"
    _scored(rows, one, cache)
    shown = CliRunner().invoke(main, ["cache", "info", str(cache)])
    assert (shown.exit_code, "3 outcomes" in shown.output, "wrong_answer" in shown.output) == (0, True, True)
    found = json.loads(CliRunner().invoke(main, ["cache", "info", str(cache), "--json"]).output)
    assert found["outcomes"] == sum(found["verdicts"].values()) == 3
    assert CliRunner().invoke(main, ["cache", "clear", str(cache)]).output == "dropped 3 outcomes\n"
    assert CliRunner().invoke(main, ["cache", "info", str(tmp_path / "none")]).exit_code == 2


def test_a_cache_of_another_version_says_that_nothing_of_it_is_reused(
    rows: Path, one: ProblemSet, tmp_path: Path
) -> None:
    cache, told = tmp_path / "outcomes.sqlite", list[str]()

    def tell(sentence: str) -> None:
        if not sentence.startswith("Checked "):  # which is said of a check that took long, on a busy machine
            told.append(sentence)

    _scored(rows, one, cache, tell=tell)
    assert told == []
    with contextlib.closing(sqlite3.connect(cache)) as raw, raw:
        raw.execute("pragma user_version = 1")
        raw.execute("update outcomes set key = randomblob(24)")
    assert _scored(rows, one, cache, tell=tell)[1] == 6  # what was kept stays
    assert len(told) == 1
    assert "another version of the sandbox made them" in told[0]
    assert "passlaw cache clear" in told[0]
    _scored(rows, one, cache, tell=tell)
    assert len(told) == 1
