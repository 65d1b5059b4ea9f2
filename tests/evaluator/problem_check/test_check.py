"""No problem counts before its own solution has passed: named, left out of the score, kept by the set's hash."""

import json
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import evaluator
from evaluator.errors import ProblemsError
from evaluator.problem_check import Fault, ProblemCheck, check_problems, kept
from evaluator.problems import ProblemSet, check_rows
from sandbox import JudgeMode, Limits, Outcome, Program, Sandbox, Verdict, open_sandbox

Write = Callable[..., Path]
CHECK = "def check(candidate):\n    assert candidate(2) == 4\n"


def row(name: str, solution: str | None, test: str = CHECK, **more: object) -> dict[str, Any]:
    prompt = f'def f(x):\n    """Problem {name}."""\n'
    given: dict[str, Any] = {"task_id": name, "prompt": prompt, "entry_point": "f", "test": test, **more}
    return given if solution is None else given | {"canonical_solution": solution}


GOOD = row("good", "    return x * 2\n")
ROWS = [
    GOOD,
    row("wrong", "    return x\n"),
    row("slow", "    while True: pass\n"),
    row("adder", "    return lambda y: x + y\n", "def check(c):\n    assert c(3)(4) == 7\n"),
    row(
        "opaque",
        "    x.n += 1\n",
        "class N:\n    n = 0\ndef check(c):\n    a = N()\n    c(a)\n    assert a.n == 1\n",
    ),
    row("numpy", "    return x * 2\n", f"import numpy as np\n{CHECK}"),
    row("bare", "    return x * 2\n", "assert f(2) == 4\n"),
    row("lazy", "    return x * 2\n", "def check(candidate):\n    assert callable(candidate)\n"),
    row("empty", "", CHECK),
    row("none", None, CHECK),
    row("exits", "    return 4\n", "import sys\ndef check(c):\n    c(1)\n    sys.exit(0)\n"),
    row("prints", "    return 4\n", f"print('x' * 100_000)\n{CHECK}    print(candidate(1))\n"),
    row("raises", "    return 4\n", CHECK, prompt="raise OSError\ndef f(x):\n"),
    row("in place", "    x.sort()\n", "def check(c):\n    a = [2, 1]\n    c(a)\n    assert a == [1, 2]\n"),
]
LEFT_OUT = {
    "wrong": "solution_fails", "slow": "solution_fails", "adder": "by_value", "opaque": "by_value",
    "numpy": "missing_module", "bare": "broken_test", "lazy": "checks_nothing", "exits": "solution_fails",
    "raises": "broken_test",
}  # fmt: skip


@pytest.fixture
def box() -> Iterator[Sandbox]:
    with open_sandbox(1, limits=Limits(cpu_s=0.5)) as opened:
        yield opened


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "passlaw" / "problem-checks"


def problem_set(rows: Iterable[dict[str, Any]]) -> ProblemSet:
    return check_rows("own", list(rows), "a test").problem_set


def checked(problems: ProblemSet, box: Any, *, strict: bool = False) -> tuple[ProblemCheck, list[str]]:
    told: list[str] = []
    return check_problems(problems, box, strict=strict, tell=told.append), told


def faults(found: ProblemCheck) -> dict[str, str]:
    return {each.task_id: each.fault.value for each in found.left_out}


def test_each_fault_is_named_and_the_rest_holds(box: Sandbox) -> None:
    found, told = checked(problem_set(ROWS), box)
    assert faults(found) == LEFT_OUT
    assert (found.problems, found.held, found.by_solution) == (len(ROWS), len(ROWS) - len(LEFT_OUT), 12)
    assert "9 of 14 problems of own are left out of the score: wrong: its own solution" in told[-1]
    assert "numpy" in found.excluded["numpy"].reason
    assert ProblemCheck.of(json.loads(json.dumps(found.as_dict()))) == found
    assert box.audit.verified == 0


def test_programs_that_read_standard_input_hold_with_and_without_a_solution(box: Sandbox) -> None:
    given = {"kind": "stdio", "prompt": "Double it.", "tests": [{"input": "1", "output": "2"}]}
    rows = [
        {"task_id": "plain", **given},
        {"task_id": "right", "canonical_solution": "print(int(input()) * 2)", **given},
        {"task_id": "wrong", "canonical_solution": "print(int(input()))", **given},
    ]
    found, _said = checked(problem_set(rows), box)
    assert faults(found) == {"wrong": "solution_fails"}


def test_a_set_is_checked_once_and_again_only_what_is_new(box: Sandbox, cache: Path) -> None:
    problems = problem_set(ROWS[:3])
    counting = Wrapped(box, lambda _run, outcome: outcome)
    part, _ = checked(problems.only(["good"]), counting)
    assert counting.runs == 1
    whole, _ = checked(problems, counting)
    before = counting.runs
    again, _ = checked(problems, counting)
    assert counting.runs == before
    assert faults(again) == faults(whole) == {"wrong": "solution_fails", "slow": "solution_fails"}
    assert (part.held, again.seconds) == (1, 0.0)
    assert len(list(cache.iterdir())) == 1


def test_sets_with_the_same_ids_and_other_limits_are_checked_apart(box: Sandbox, cache: Path) -> None:
    other = row("good", "    return x + 3\n")
    assert not checked(problem_set([GOOD]), box)[0].left_out
    with pytest.raises(ProblemsError, match="no problem of the set can be scored"):
        checked(problem_set([other]), box)
    with open_sandbox(1, limits=Limits(cpu_s=1.0)) as patient:
        checked(problem_set([GOOD]), patient)
    assert len(list(cache.iterdir())) == 3


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"key": 1}', b"[" * 100_000])
def test_a_damaged_file_costs_the_check_again_and_nothing_else(
    box: Sandbox, cache: Path, damage: bytes
) -> None:
    problems = problem_set(ROWS[:2])
    first, _ = checked(problems, box)
    (file,) = cache.iterdir()
    file.write_bytes(damage)
    again, _ = checked(problems, box)
    assert faults(again) == faults(first)
    assert again.seconds > 0
    assert json.loads(file.read_text())["found"]["good"] is None


def test_a_file_that_was_changed_by_hand_is_not_believed(box: Sandbox, cache: Path) -> None:
    problems = problem_set(ROWS[:2])
    checked(problems, box)
    (file,) = cache.iterdir()
    file.write_text(file.read_text().replace('"good": null', '"good": ["by_value", "no"]'))
    assert faults(checked(problems, box)[0]) == {"wrong": "solution_fails"}


def test_a_folder_that_cannot_be_written_is_no_obstacle(
    box: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert not checked(problem_set([GOOD]), box)[0].left_out
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.delenv("HOME", raising=False)
    kept.KeptFindings(problem_set([GOOD]), box.description).load()


def test_many_that_keep_findings_at_once_leave_a_whole_file(box: Sandbox, cache: Path) -> None:
    problems = problem_set([row(f"p{number}", None) for number in range(50)])
    mine = kept.KeptFindings(problems, box.description)
    threads = [
        threading.Thread(target=mine.keep, args=({f"p{number}": (Fault.BY_VALUE, "x" * 1000)},))
        for number in range(16)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(mine.load()) <= {f"p{number}" for number in range(16)}
    assert mine.load()
    assert len(list(cache.iterdir())) == 1


class Wrapped:
    """A sandbox with something in between; `change` sees each outcome of a run, with the number of the run."""

    def __init__(self, box: Sandbox, change: Callable[[int, Outcome], Outcome]) -> None:
        self.box, self.change, self.runs = box, change, 0
        self.description = box.description

    def run_dedicated(self, programs: Iterable[Program]) -> Iterator[Outcome]:
        self.runs += 1
        for outcome in self.box.run_dedicated(programs):
            yield self.change(self.runs, outcome)


def test_a_solution_that_passes_when_it_is_run_again_holds(box: Sandbox) -> None:
    """The first run is beside others; whatever came of it, the problem has another try alone."""
    busy = Wrapped(box, lambda run, outcome: Outcome(Verdict.TIMED_OUT) if run == 1 else outcome)
    assert not checked(problem_set([GOOD]), busy)[0].left_out
    assert busy.runs == 2


def test_what_the_machine_failed_on_counts_and_is_not_kept(box: Sandbox) -> None:
    lost = Wrapped(box, lambda _run, _outcome: Outcome(Verdict.SANDBOX_ERROR))
    found, _ = checked(problem_set([GOOD]), lost)
    assert (found.held, found.unsure) == (1, ("good",))
    again, _ = checked(problem_set([GOOD]), box)
    assert (again.unsure, again.seconds > 0) == ((), True)


def test_a_verdict_that_came_after_a_lost_worker_is_not_kept(box: Sandbox) -> None:
    late = Wrapped(box, lambda _run, outcome: replace(outcome, attempts=2))
    problems = problem_set(ROWS[:2])
    assert faults(checked(problems, late)[0]) == {"wrong": "solution_fails"}
    again = Wrapped(box, lambda _run, outcome: outcome)
    assert faults(checked(problems, again)[0]) == {"wrong": "solution_fails"}
    assert again.runs > 0


def test_a_time_out_by_the_wall_clock_leaves_no_problem_out_and_one_of_cpu_time_does(box: Sandbox) -> None:
    problems = problem_set([GOOD, ROWS[2]])
    crowded = Wrapped(box, lambda _run, _outcome: Outcome(Verdict.TIMED_OUT, "took 31 s", attempts=2))
    found, _ = checked(problems, crowded)
    assert (found.held, found.unsure) == (2, ("good", "slow"))
    again, _ = checked(problems, box)
    assert (faults(again), again.unsure) == ({"slow": "solution_fails"}, ())


def test_a_worker_that_is_killed_leaves_no_good_problem_out(box: Sandbox) -> None:
    def kill(run: int, outcome: Outcome) -> Outcome:
        if run == 1:
            os.kill(box._slots[0].worker_or_restart()._process.pid, signal.SIGKILL)
        return outcome

    problems = problem_set([row(f"p{number}", f"    return 4  # {number}\n") for number in range(8)])
    found, _ = checked(problems, Wrapped(box, kill))
    assert (found.held, found.by_solution, found.unsure) == (8, 8, ())


def test_strict_refuses_a_set_that_does_not_hold_as_a_whole(box: Sandbox) -> None:
    with pytest.raises(
        ProblemsError, match=r"own: 1 of its 2 problems cannot be scored \(wrong: .*without the strict check"
    ):
        checked(problem_set(ROWS[:2]), box, strict=True)
    assert checked(problem_set([GOOD]), box, strict=True)[0].share == 1.0


def test_in_one_process_values_need_not_cross() -> None:
    rows = [row_ for row_ in ROWS if row_["task_id"] in {"good", "adder", "opaque", "numpy", "bare"}]
    with open_sandbox(1, limits=Limits(cpu_s=0.5), judge=JudgeMode.IN_PROCESS) as one_process:
        found, _ = checked(problem_set(rows), one_process)
    assert faults(found) == {"numpy": "missing_module", "bare": "broken_test"}


def test_samples_of_problems_that_cannot_be_judged_are_not_run_and_not_held_against_a_model(
    write_rows: Write, tmp_path: Path
) -> None:
    names = ["good", "adder", "wrong", "numpy"]
    problems = write_rows([each for each in ROWS if each["task_id"] in names], "set.jsonl")
    samples = [{"task_id": name, "completion": "    return x * 2\n"} for name in names]
    told: list[str] = []
    result = evaluator.evaluate(
        write_rows(samples),
        problems,
        workers=1,
        k=(1,),
        tell=told.append,
        output=tmp_path / "out_results.jsonl",
    )
    assert result.pass_at_k == {"pass@1": 1.0}
    assert [estimate.mean for estimate in result.all_estimates] == [1.0]
    assert result.verdicts == {"passed": 2, "left_out": 2}
    assert (set(result.counts), result.complete) == ({"good"}, True)
    rows = [json.loads(line) for line in (tmp_path / "out_results.jsonl").read_text().splitlines()]
    assert [(each["task_id"], each["passed"]) for each in rows] == [
        ("good", True), ("adder", None), ("wrong", True), ("numpy", None),
    ]  # fmt: skip
    record = json.loads((tmp_path / "out_run.json").read_text())
    assert (record["problem_check"]["held"], record["problem_check"]["share"]) == (1, 0.25)
    assert [each["fault"] for each in record["problem_check"]["left_out"]] == [
        "solution_fails", "by_value", "missing_module",
    ]  # fmt: skip
    assert record["pass_at_k_all"][0]["mean"] == 1.0
    assert any("3 of 4 problems of set.jsonl are left out" in sentence for sentence in told)


def test_a_store_says_the_same_and_keeps_it(write_rows: Write, tmp_path: Path) -> None:
    names = ["wrong", "good", "adder"]
    problems = write_rows([each for each in ROWS if each["task_id"] in names], "set.jsonl")
    samples = [{"task_id": name, "completion": "    return x * 2\n"} for name in names for _ in range(2)]
    results = [
        evaluator.evaluate(
            write_rows(samples), problems, workers=1, k=(1,), output=tmp_path / "o", store=store
        )
        for store in (None, tmp_path / "store.db")
    ]
    for result in results:
        assert (result.pass_at_k, result.verdicts) == ({"pass@1": 1.0}, {"passed": 4, "left_out": 2})
        assert result.problem_check is not None
        assert faults(result.problem_check) == {"wrong": "solution_fails", "adder": "by_value"}
    assert results[0].sandbox.keys() == results[1].sandbox.keys()
    with pytest.raises(ProblemsError, match="cannot be scored"):
        evaluator.evaluate(
            write_rows(samples), problems, strict=True, output=tmp_path / "no", store=tmp_path / "store.db"
        )
    assert not (tmp_path / "no").exists()


def test_a_large_set_without_solutions_is_looked_at_by_its_text(box: Sandbox) -> None:
    found, _ = checked(problem_set([row(f"p{number}", None) for number in range(10_000)]), box)
    assert (found.held, found.by_solution) == (10_000, 0)
    assert found.summary() == "10,000 of 10,000 problems can be scored (100.0%; none has a solution)"
