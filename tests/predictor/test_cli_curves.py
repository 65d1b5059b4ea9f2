"""`passlaw forecast accuracy` and `forecast run` as a person uses them, and their way through the registry."""

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result

from evaluator.cli.main import main


def forecast(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["forecast", *map(str, arguments)])


def write(path: Path, rows: list[dict[str, Any]]) -> Path:
    with path.open("w", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def model_rows(count: int = 9) -> list[dict[str, Any]]:
    rng = np.random.default_rng(6)
    return [
        {
            "model": f"m{number}",
            "flops": 1e18 * 4**number,
            "acc": 0.25 + 0.7 / (1 + np.exp(1.5 - 0.4 * number)) + 0.003 * rng.standard_normal(),
            "bpb": 0.6 + 1.2 * 0.85**number + 0.003 * rng.standard_normal(),
        }
        for number in range(count)
    ]


def step_rows(last: int = 60) -> list[dict[str, Any]]:
    rng = np.random.default_rng(7)
    return [
        {"step": step, "reward": 0.9 - 0.6 / (1 + (step / 12) ** 1.5) + 0.004 * rng.standard_normal()}
        for step in range(last + 1)
    ]


@pytest.fixture
def models(tmp_path: Path) -> Path:
    return write(tmp_path / "models.csv", model_rows())


@pytest.fixture
def steps(tmp_path: Path) -> Path:
    return write(tmp_path / "steps.csv", step_rows())


def test_a_person_gets_the_accuracy_the_laws_and_a_figure(models: Path, tmp_path: Path) -> None:
    figure = tmp_path / "accuracy.svg"
    result = forecast(
        "accuracy", models, "--column", "acc", "--chance", 0.25, "--task-loss", "bpb", "--target-model", "m8",
        "--plot", figure,
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    for words in ("m8, 6.55e+22 FLOPs: auto from 8 models up to m7", "direct-compute", "by a task loss of"):
        assert words in result.stdout
    text = figure.read_text()
    assert "Accuracy: acc" in text
    assert "Outcome" in text


def test_a_person_gets_the_score_the_ceiling_and_a_figure(steps: Path, tmp_path: Path) -> None:
    figure = tmp_path / "run.svg"
    result = forecast(
        "run", steps, "--column", "reward", "--target-step", 60, "--until", 30, "--plot", figure
    )
    assert result.exit_code == 0, result.output
    for words in ("the run, step 60: auto from 31 steps up to 30", "at step 60", "ceiling", "sigmoid"):
        assert words in result.stdout
    assert "Step (target = 1)" in figure.read_text()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("accuracy", "{models}", "--column", "acc"), "Missing option '--chance'"),
        (("accuracy", "{models}", "--column", "acc", "--chance", "25", "--target-model", "m8"), "chance 25"),
        (("accuracy", "{models}", "--column", "acc", "--chance", "0.25"), "no target"),
        (("accuracy", "{models}", "--column", "mmlu", "--chance", "0", "--target-flops", "1e24"), "no column 'mmlu'"),
        (("accuracy", "{models}", "--column", "acc", "--chance", "0.25", "--target-flops", "1e19"), "training models"),
        (("run", "{steps}", "--column", "reward", "--target-step", "60", "--until", "2"), "3 steps before step 60"),
        (("run", "{steps}", "--column", "reward", "--target-step", "60", "--until", "6"), "cannot be known"),
        (("run", "{steps}", "--column", "reward", "--target-step", "60", "--run", "x"), "unknown run 'x'"),
        (("run", "nowhere.csv", "--column", "reward", "--target-step", "60"), "no such file"),
    ],
)  # fmt: skip
def test_a_refusal_is_one_sentence_no_number_and_status_2(
    models: Path, steps: Path, arguments: tuple[str, ...], words: str
) -> None:
    result = forecast(*(each.format(models=models, steps=steps) for each in arguments))
    assert result.exit_code == 2
    assert words in result.stderr
    assert result.stdout == ""
    assert "Traceback" not in result.output


def test_one_of_several_runs_is_chosen_by_name(tmp_path: Path) -> None:
    both = [row | {"run": name} for name in ("a", "b") for row in step_rows()]
    path = write(tmp_path / "runs.csv", both)
    asked = forecast("run", path, "--column", "reward", "--target-step", 100)
    assert (asked.exit_code, asked.stdout) == (2, "")
    assert "holds 2 runs; choose one with --run: a, b" in asked.stderr
    chosen = forecast("run", path, "--column", "reward", "--target-step", 100, "--run", "b", "--json")
    assert json.loads(chosen.stdout)["target"] == {"name": "b", "flops": None, "step": 100.0}


def test_an_accuracy_is_registered_before_and_resolved_from_the_table_after(tmp_path: Path) -> None:
    before = write(tmp_path / "before.csv", model_rows()[:-1])
    after = write(tmp_path / "after.csv", model_rows())
    found, log = tmp_path / "found.json", tmp_path / "log.jsonl"
    known = forecast("accuracy", after, "--column", "acc", "--chance", 0.25, "--target-model", "m8", "--json")
    found.write_text(known.stdout)
    assert "held the target's own results" in forecast("register", found, "--log", log).stderr

    made = forecast(
        "accuracy", before, "--column", "acc", "--chance", 0.25, "--target-flops", "6.5536e22", "--json"
    )
    found.write_text(made.stdout)
    held = forecast("register", found, "--table", after, "--log", log)
    assert "holds m8 with the target's compute (6.55e+22 FLOPs)" in held.stderr
    assert forecast("register", found, "--table", before, "--log", log).exit_code == 0
    sha = json.loads(made.stdout)["record_sha256"]
    nameless = forecast("resolve", sha[:12], "--table", after, "--log", log)
    assert "no name; set --outcome to accuracy=VALUE" in nameless.stderr
    done = forecast("resolve", sha[:12], "--outcome", f"accuracy={model_rows()[-1]['acc']}", "--log", log)
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("accuracy: forecast 0.")
    listed = forecast("list", "--log", log).stdout
    assert "accuracy of 6.55e+22 FLOPs" in listed
    assert forecast("verify", "--log", log).exit_code == 0


def test_a_run_is_registered_before_and_resolved_from_the_table_after(tmp_path: Path) -> None:
    part = write(tmp_path / "part.csv", step_rows(30))
    whole = write(tmp_path / "whole.csv", step_rows(60))
    found, log = tmp_path / "found.json", tmp_path / "log.jsonl"
    options = ("--column", "reward", "--target-step", 60, "--json")
    found.write_text(forecast("run", whole, *options, "--until", 30).stdout)
    assert "held the target's own results" in forecast("register", found, "--log", log).stderr

    made = forecast("run", part, *options)
    found.write_text(made.stdout)
    assert "holds step 60" in forecast("register", found, "--table", whole, "--log", log).stderr
    assert forecast("register", found, "--table", part, "--log", log).exit_code == 0
    sha = json.loads(made.stdout)["record_sha256"]
    early = forecast("resolve", sha, "--table", part, "--log", log)
    assert "has no reward at step 60 of the run; set --outcome to score=VALUE" in early.stderr
    done = forecast("resolve", sha, "--table", whole, "--log", log)
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("score: forecast 0.")
    assert "run of a model, step 60" in forecast("list", "--log", log).stdout


def test_pass_at_k_beyond_the_samples_is_registered_before_and_resolved_after(tmp_path: Path) -> None:
    rate = np.random.default_rng(0).beta(0.6, 1.5, 40)
    few, many = (
        write(
            tmp_path / f"n{samples}.csv",
            [
                {"model": "m", "task_id": f"t{task}", "n": samples, "c": round(samples * rate[task])}
                for task in range(40)
            ],
        )
        for samples in (16, 200)
    )
    found, log = tmp_path / "found.json", tmp_path / "log.jsonl"
    made = forecast("samples", few, "--k", 100, "--json")
    found.write_text(made.stdout)
    assert "holds 100 samples" in forecast("register", found, "--table", many, "--log", log).stderr
    assert forecast("register", found, "--table", few, "--log", log).exit_code == 0
    sha = json.loads(made.stdout)[0]["record_sha256"]
    assert "fewer than k = 100" in forecast("resolve", sha, "--table", few, "--log", log).stderr
    done = forecast("resolve", sha, "--table", many, "--log", log)
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("pass@100: forecast 0.")
    assert "samples of m" in forecast("list", "--log", log).stdout


def test_two_forecasts_of_samples_are_not_registered_at_once(tmp_path: Path) -> None:
    found = tmp_path / "found.json"
    found.write_text(json.dumps([{"kind": "samples", "model": "a"}, {"kind": "samples", "model": "b"}]))
    refused = forecast("register", found, "--log", tmp_path / "log.jsonl")
    assert refused.exit_code == 2
    assert "2 forecasts; make one with --model" in refused.stderr
