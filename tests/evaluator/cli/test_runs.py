"""Runs of a store on the command line: their ids, `passlaw runs`, and what Ctrl-C leaves."""

import json
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from evaluator.cli import main
from evaluator.problems import read_problem_rows
from evaluator.runs.ingest import ingest
from evaluator.samples import open_samples
from evaluator.scoring.settings import ScoringSettings
from evaluator.store import RunState, Store, open_store
from evaluator.store.runs import get_run, list_runs
from sandbox import JudgeMode
from tests.evaluator.command_process import start

if TYPE_CHECKING:
    import subprocess

Write = Callable[..., Path]
RIGHT, WRONG = "    return number % 1.0\n", "    return number\n"
SLOW = "    x = 0\n    for _ in range(1_000_000):\n        x += 1\n    return number % 1.0\n"


def passlaw(*arguments: object, cwd: Path, status: int = 0) -> str:
    """Run a command in this process, in a folder; return its output, or what it says if it is to fail."""
    before = Path.cwd()
    os.chdir(cwd)
    try:
        done = CliRunner().invoke(main, [str(argument) for argument in arguments], prog_name="passlaw")
    finally:
        os.chdir(before)
    assert done.exit_code == status, done.output
    return done.stdout if status == 0 else done.stderr


def sample(completion: str) -> dict[str, object]:
    return {"task_id": "HumanEval/2", "completion": completion}


@pytest.fixture
def stored(tmp_path: Path, write_rows: Write) -> list[str]:
    """The ids of two runs in store.db, of the models a and b."""
    ids = []
    for name, completions in {"a": [RIGHT, WRONG], "b": [RIGHT]}.items():
        path = write_rows(map(sample, completions), f"{name}.jsonl")
        options = ("--ignore-incomplete", "--workers", 1, "--k", 1, "--model", name, "--store", "store.db")
        ids.append(json.loads(passlaw("evaluate", path, *options, "--json", cwd=tmp_path))["run"])
    return ids


def test_runs_are_listed_filtered_and_shown(stored: list[str], tmp_path: Path, write_rows: Write) -> None:
    def runs(*arguments: object) -> Any:
        return json.loads(passlaw("runs", *arguments, "--json", "--store", "store.db", cwd=tmp_path))

    found = runs("list")
    assert [(run["id"], run["model"], run["samples"], run["pass@1"]) for run in found] == [
        (stored[1], "b", 1, 1.0),
        (stored[0], "a", 2, 0.5),
    ]
    assert [run["id"] for run in runs("list", "--model", "a")] == [stored[0]]
    assert len(runs("list", "--problems", "humaneval", "--state", "done")) == 2
    assert runs("list", "--problems", "mbpp") == []
    assert runs("show", stored[0])["result"]["verdicts"] == {"passed": 1, "wrong_answer": 1}

    ids = passlaw("runs", "list", "--ids", "--store", "store.db", cwd=tmp_path).split()
    assert ids == stored
    counts = passlaw("rates", *ids, "--store", "store.db", cwd=tmp_path).splitlines()
    assert counts[1:] == ["a,,,,,HumanEval/2,2,1", "b,,,,,HumanEval/2,1,1"]

    table = passlaw("runs", "list", "--store", "store.db", cwd=tmp_path).splitlines()
    assert table[0].split() == ["run", "made", "(UTC)", "state", "model", "problems", "samples", "pass@1"]
    assert table[1].split()[0] == stored[1]
    shown = passlaw("runs", "show", stored[0], "--store", "store.db", cwd=tmp_path)
    assert shown.startswith(f"run {stored[0]}: done, 2 of 2 samples of a.jsonl scored")
    assert "a on humaneval: 2 samples of 1 problem" in shown

    path = write_rows([sample(RIGHT)], "c.jsonl")
    options = ("--ignore-incomplete", "--workers", 1, "--k", 1, "--store", "store.db")
    lines = passlaw("evaluate", path, *options, cwd=tmp_path).splitlines()
    newest = passlaw("runs", "list", "--limit", 1, "--ids", "--store", "store.db", cwd=tmp_path).strip()
    assert lines[-2:] == [f"run: {newest}", "{'pass@1': 1.0}"]


def test_a_run_and_its_record_are_one_run(stored: list[str], tmp_path: Path) -> None:
    error = passlaw("rates", stored[0], "a.jsonl_run.json", "--store", "store.db", cwd=tmp_path, status=2)
    assert error == f"passlaw: a.jsonl_run.json: the same run as run {stored[0]}; name every run once\n"


def test_a_copy_of_a_record_is_the_same_run(tmp_path: Path, write_rows: Write) -> None:
    path = write_rows([sample(RIGHT)])
    passlaw("evaluate", path, "--ignore-incomplete", "--workers", 1, "--k", 1, cwd=tmp_path)
    record = tmp_path / "samples.jsonl_run.json"
    (tmp_path / "copy_run.json").write_bytes(record.read_bytes())
    error = passlaw("rates", record.name, "copy_run.json", cwd=tmp_path, status=2)
    assert error == f"passlaw: copy_run.json: the same run as {record.name}; name every run once\n"


def test_what_is_no_run_is_said(stored: list[str], tmp_path: Path) -> None:
    assert stored
    there = ("--store", "store.db")
    error = passlaw("runs", "show", "nothing", *there, cwd=tmp_path, status=2)
    assert "has this id; see 'passlaw runs list'" in error
    error = passlaw("runs", "cancel", stored[0], *there, cwd=tmp_path, status=2)
    assert f"run {stored[0]} is done; only an unfinished run is cancelled" in error
    assert passlaw("runs", "list", "--model", "z", *there, cwd=tmp_path).startswith("No such runs in ")


def interrupt_in_the_middle(process: "subprocess.Popen[str]", store: Store) -> tuple[str, str]:
    """Send Ctrl-C once a part of the only run is in the store; return its id and what was said."""
    while process.poll() is None:
        with store.read() as db:
            runs, _total = list_runs(db)
        if runs and runs[0].done:
            process.send_signal(signal.SIGINT)
            return runs[0].id, process.communicate(timeout=100)[1]
        time.sleep(0.2)
    raise AssertionError(process.communicate()[1])


def test_an_interrupted_run_says_how_to_go_on_and_goes_on(tmp_path: Path, write_rows: Write) -> None:
    path = write_rows([sample(f"{SLOW}    # {number}\n") for number in range(30)])
    command = ("evaluate", path, "--ignore-incomplete", "--workers", 1, "--k", 1, "--store", "store.db")
    store = open_store(str(tmp_path / "store.db"))
    with start(*command, "--execution", "dedicated", cwd=tmp_path) as process:
        run_id, errors = interrupt_in_the_middle(process, store)
    assert process.returncode == 130
    assert "passlaw: what is scored is kept, and a service on this store continues the run; " in errors
    assert f"set --resume to {run_id} to continue it here" in errors
    assert errors.splitlines()[-1].startswith("passlaw: interrupted; no file was written or changed.")
    assert [each.name for each in tmp_path.glob("*.json*")] == ["samples.jsonl"]
    with store.read() as db:
        kept = get_run(db, run_id)
    store.close()
    assert kept is not None
    assert kept.state is RunState.QUEUED
    assert 0 < kept.done < 30
    result = json.loads(passlaw(*command, "--resume", run_id, "--json", cwd=tmp_path))
    assert (result["run"], result["verdicts"]) == (run_id, {"passed": 30})


def test_an_unfinished_run_is_cancelled(tmp_path: Path, write_rows: Write) -> None:
    rows = read_problem_rows("humaneval")
    samples = open_samples(write_rows([sample(RIGHT)]), rows.problem_set)
    settings = ScoringSettings(
        k=(1,), workers=1, timeout_s=3.0, judge=JudgeMode.ISOLATED, backend="auto", isolation=None,
        execution="auto", audit=0.01, sanitize=False, dedupe=True, ignore_incomplete=True, base_only=False,
    )  # fmt: skip
    store = open_store(str(tmp_path / "store.db"))
    run_id = ingest(store, samples, rows, settings, owner="local")
    store.close()
    cancelled = passlaw("runs", "cancel", run_id, "--store", "store.db", cwd=tmp_path)
    assert cancelled == f"Run {run_id} is cancelled.\n"
    command = ("evaluate", samples.path, "--ignore-incomplete", "--store", "store.db", "--resume", run_id)
    error = passlaw(*command, cwd=tmp_path, status=2)
    assert "the store has no unfinished run of" in error
