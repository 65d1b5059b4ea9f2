"""`passlaw packages` and `--packages`, with a tiny wheel that is made on the spot."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from wheels import make_wheel, requirements

from evaluator.cli import main

Write = Callable[..., Path]
_PROMPT = "import tiny\ndef task_func():\n"
_ROW = {
    "task_id": "t/0", "kind": "unittest", "prompt": _PROMPT, "entry_point": "task_func",
    "test": "import unittest\nclass TestCases(unittest.TestCase):\n    def test_a(self):\n        self.assertEqual(task_func(), 42)\n",
    "canonical_solution": "    return tiny.ANSWER\n",
}  # fmt: skip


def run(*arguments: object, status: int = 0) -> Result:
    done = CliRunner().invoke(main, list(map(str, arguments)))
    assert done.exit_code == status, (done.stderr, done.exception)
    return done


@pytest.fixture
def bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    make_wheel(tmp_path / "wheels")
    done = run("packages", "build", "mine", requirements(tmp_path / "wheels", "tiny"), "--json")
    assert json.loads(done.stdout)["packages"][0]["name"] == "tiny"
    return "mine"


def test_a_bundle_is_built_listed_shown_used_and_removed(bundle: str, write_rows: Write) -> None:
    assert "mine" in run("packages", "list").stdout
    shown = run("packages", "show", bundle).stdout
    assert "tiny==1.0" in shown
    (listed,) = json.loads(run("packages", "list", "--json").stdout)
    assert listed["sha256"] in shown
    problems = write_rows([_ROW], "problems.jsonl")
    texts = ("    return tiny.ANSWER\n", "    import numpy\n", "    return 0\n")
    samples = write_rows([{"task_id": "t/0", "completion": text} for text in texts], "samples.jsonl")
    options = ("--problems", problems, "--k", 1, "--workers", 1)
    done = run("evaluate", samples, *options, "--packages", bundle)
    assert "in-process judge" in done.stdout
    assert "packages mine (1 package)" in done.stdout
    record = json.loads(Path(f"{samples}_run.json").read_text())
    assert record["settings"]["packages"] == bundle
    assert record["sandbox"]["packages"] == {
        "name": bundle, "sha256": listed["sha256"], "content_sha256": listed["content_sha256"],
        "packages": ["tiny==1.0"],
    }  # fmt: skip
    rows = [json.loads(line) for line in Path(f"{samples}_results.jsonl").read_text().splitlines()]
    assert [row["verdict"] for row in rows] == ["passed", "runtime_error", "wrong_answer"]
    assert "numpy is not among the packages 'mine'" in rows[1]["detail"]
    refused = run("evaluate", samples, *options, status=2)
    assert "imports tiny, which is not there; give a bundle of packages that has it" in refused.stderr
    assert run("packages", "remove", bundle).stdout == "removed mine\n"
    assert "no bundle of packages yet" in run("packages", "list").stdout


def test_bad_input_is_one_line(bundle: str, write_rows: Write, tmp_path: Path) -> None:
    samples = write_rows([{"task_id": "HumanEval/0", "completion": "    return 1\n"}])
    for arguments, said in {
        ("packages", "show", "other"): "no bundle of packages 'other'",
        ("packages", "remove", "other"): "no bundle of packages 'other'",
        ("packages", "build", "new", tmp_path / "absent.txt"): "no such file",
        ("packages", "build", "a/b", tmp_path / "absent.txt"): "cannot name a bundle",
        ("packages", "build", bundle, tmp_path / "wheels" / "requirements.txt"): "already; remove it",
        ("evaluate", samples, "--ignore-incomplete", "--packages", "other"): "no bundle of packages 'other'",
    }.items():
        done = run(*arguments, status=2)
        assert said in done.stderr
        assert done.stderr.splitlines()[-1].startswith("passlaw: ")
    (module,) = (tmp_path / "data").glob("passlaw/packages/mine/site/tiny/__init__.py")
    module.write_text("")
    done = run("evaluate", samples, "--ignore-incomplete", "--packages", bundle, status=2)
    assert "not those that were built" in done.stderr
