"""Modules, options and columns that were renamed work under their old names for one release, and say so."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from evaluator.cli import main
from evaluator.exports.tables import table_rows
from sandbox import open_sandbox


@pytest.fixture
def few(write_rows: Callable[..., Path]) -> Path:
    return write_rows([{"task_id": "HumanEval/2", "completion": "    return number % 1.0\n"}])


@pytest.mark.parametrize(
    ("old", "new", "name"),
    [
        ("human_eval", "human_eval", "evaluate_functional_correctness"),
        ("code_eval", "code_eval", "compute"),
    ],
)
def test_a_former_name_is_the_same_thing_with_a_warning(old: str, new: str, name: str) -> None:
    program = (
        "import warnings\n"
        "with warnings.catch_warnings(record=True) as caught:\n"
        f"    from evaluator.bridges.{old} import {name} as former\n"
        f"from evaluator.integrations.{new} import {name}\n"
        f"assert former is {name}\n"
        "print(*(each.message for each in caught))\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "default", "-c", program], capture_output=True, text=True, check=True
    )
    assert "evaluator.bridges is now evaluator.integrations" in done.stdout


def test_the_command_line_takes_the_former_name_of_execution_with_a_notice(few: Path) -> None:
    given = ["evaluate", str(few), "--ignore-incomplete", "--k", "1", "--workers", "1"]
    former = CliRunner().invoke(main, [*given, "--lane", "process"])
    assert former.exit_code == 0, former.stderr
    assert "passlaw: --lane is now called --execution; the next release drops the old name" in former.stderr
    assert "passlaw: the value process is now called dedicated" in former.stderr
    record = json.loads(Path(f"{few}_run.json").read_text())
    assert record["settings"]["execution"] == "dedicated"
    assert CliRunner().invoke(main, [*given, "--execution", "dedicated"]).stderr.count("old name") == 0


def test_python_takes_the_former_name_of_execution_with_a_warning() -> None:
    with pytest.warns(DeprecationWarning, match="write execution='dedicated'"):
        box = open_sandbox(workers=1, lane="process")
    with box:
        assert box.description.execution == "dedicated"


def test_rows_written_before_the_names_changed_are_exported_under_the_current_ones() -> None:
    old = {"task_id": "a/0", "completion": "", "lane": "verified", "suspicion": ["uses:gc", "uses:frames"]}
    [row] = table_rows(iter([old]))
    assert (row["execution"], row["flags"]) == ("shared", "uses:gc uses:frames")
    [row] = table_rows(
        iter([{"task_id": "a/0", "completion": "", "lane": "my own", "execution": "dedicated"}])
    )
    assert (row["execution"], row["flags"]) == ("dedicated", "")
