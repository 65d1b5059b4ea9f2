"""`passlaw bench` measures what it says, with completions of its own and without any other file."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from evaluator.cli.main import main
from evaluator.errors import UsageError
from evaluator.problems import ProblemSet
from evaluator.speed import Bench, Row
from evaluator.speed.bare_exec import measure_bare_exec
from evaluator.speed.comparison import _chosen, own_completions
from evaluator.speed.plot import draw
from evaluator.speed.process_usage import measure


def test_own_completions_are_right_wrong_and_broken(humaneval: ProblemSet) -> None:
    rows = own_completions(humaneval)
    assert {row["task_id"] for row in rows} == set(humaneval.problems)
    assert len(rows) > 5 * len(humaneval.problems)


def test_command_is_measured_whole() -> None:
    program = "import time, subprocess, sys; x = b'x' * (60 << 20); time.sleep(0.7); print('done')"
    run = measure(["python3", "-c", program])
    assert run.output == "done\n"
    assert run.seconds > 0.7
    assert run.peak_mb > 60
    with pytest.raises(UsageError, match="no such module"):
        measure(["python3", "-c", "raise SystemExit('no such module')"])


def test_table_shows_ratios_only_where_there_are_any(tmp_path: Path) -> None:
    rows = (Row("ours", 10, 300.0, 5.0, 0.5, 1.0, 60.0), Row("alone", 10, 60.0, None, None, 2.0, 70.0))
    table = Bench("rows", 10, 3, rows).table().splitlines()
    draw(Bench("rows", 10, 3, rows), tmp_path / "bars.svg")
    assert (tmp_path / "bars.svg").read_text().startswith("<?xml")
    with pytest.raises(UsageError, match="cannot be drawn"):
        draw(Bench("rows", 10, 3, rows), tmp_path / "bars.nothing")
    assert table[-2:] == ["| ours | 300 | 5.0 | 0.50 | 1.00 | 60 |", "| alone | 60 |  |  | 2.00 | 70 |"]


@pytest.mark.slow
def test_the_next_completion_stands_in_for_one_that_times_out(humaneval: ProblemSet) -> None:
    bodies = {0: ["while True: pass", "return True", "return False"], 1: ["eval('1')"], 2: ["while 1: pass"]}
    rows = [
        {"task_id": f"HumanEval/{n}", "completion": f"    {body}\n", "model": "m"}
        for n, each in bodies.items()
        for body in each
    ]
    chosen = _chosen(rows, humaneval, workers=2, per_problem=1, most=None)
    assert [row["completion"].strip() for row in chosen] == ["return True", "eval('1')"]
    assert len(_chosen(rows, humaneval, workers=2, per_problem=2, most=7)) == 7


def test_floor_is_the_cpu_time_of_the_programs_alone(humaneval: ProblemSet) -> None:
    busy = "    import time\n    until = time.process_time() + 0.2\n    while time.process_time() < until: pass\n    exit()\n"
    rows = [{"task_id": "HumanEval/0", "completion": body} for body in (busy, busy, "    pass\n")]
    found = measure_bare_exec(rows, humaneval)
    assert found is not None
    assert 0.1 < found < 0.2  # of two rows, for repeats are executed once
    assert measure_bare_exec([{"task_id": "HumanEval/0", "completion": "#" * 9_000_000}], humaneval) is None


@pytest.mark.slow
def test_bench_runs_from_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    arguments = ["bench", "--rounds", "1", "--per-problem", "1", "--only-ours", "--json"]
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    names = [row["name"] for row in found["rows"]]
    assert found["samples"] == 164
    assert {
        "passlaw, shared first",
        "passlaw, own processes",
        "floor: bare exec, one process, no judge",
    } <= set(names)
    assert all(row["rate"] > 0 and row["cpu_ms"] > 0 for row in found["rows"])
    assert not list(tmp_path.iterdir())
