"""Results in other formats, each read by those it is for."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from evaluator import EvaluationResult, Model, evaluate
from evaluator.cli import main
from evaluator.errors import RunError, UsageError
from evaluator.exports import export
from evaluator.exports.tables import COLUMNS
from tests.evaluator.bridges_environment import run_there

RIGHT, WRONG = "    return number % 1.0\n", "    return number\n"
# In EvalPlus's format: the base tests let `abs` pass for the identity, the extra ones do not.
EVALPLUS = {
    "task_id": "HumanEval/0", "prompt": "def same(x):\n", "entry_point": "same",
    "canonical_solution": "    return x\n", "base_input": [[1], [2]], "plus_input": [[-1]], "atol": 0,
}  # fmt: skip


@pytest.fixture
def scored(write_rows: Callable[..., Path]) -> EvaluationResult:
    rows = [
        {"task_id": "HumanEval/2", "completion": text}
        for text in (RIGHT, WRONG, "    return '=1\\t\ud800'\n")
    ]
    return evaluate(write_rows(rows), k=(1,), workers=1, ignore_incomplete=True)


@pytest.fixture
def plus(write_rows: Callable[..., Path]) -> tuple[Path, Path]:
    problems = write_rows([EVALPLUS], "problems.jsonl")
    texts = ["    return x\n", "    return abs(x)\n", "    return 0\n", "    while True: pass\n"]
    samples = write_rows([{"task_id": "HumanEval/0", "completion": text} for text in texts])
    found = evaluate(samples, problems, k=(1,), workers=1, timeout_s=1.0)
    assert found.results
    return Path(found.results), problems


def test_csv_and_parquet_hold_every_sample_with_the_same_columns(scored: EvaluationResult) -> None:
    assert scored.results
    with export(scored.results, "csv").open(newline="", encoding="utf-8") as file:
        listed = list(csv.DictReader(file))
    table = pq.read_table(export(scored.results, "parquet"))
    assert list(listed[0]) == table.column_names == list(COLUMNS)
    assert [row["passed"] for row in listed] == ["true", "false", "false"]
    assert table["passed"].to_pylist() == [True, False, False]
    assert table["text"].to_pylist()[0] == listed[0]["text"] == RIGHT
    assert "\\ud800" in table["text"].to_pylist()[2]


def test_human_evals_own_results_are_exported_too(write_rows: Callable[..., Path]) -> None:
    rows = [{"task_id": "t", "completion": "x", "result": "passed", "passed": True}]
    table = pq.read_table(export(write_rows(rows, "s.jsonl_results.jsonl"), "parquet")).to_pylist()
    assert (table[0]["passed"], table[0]["verdict"]) == (True, None)


def test_data_frames_hold_samples_and_problems(scored: EvaluationResult) -> None:
    samples, problems = scored.to_pandas(), scored.to_pandas("problems")
    assert samples["passed"].tolist() == [True, False, False]
    assert samples["task_id"].nunique() == 1
    assert problems.to_dict("records") == [{"task_id": "HumanEval/2", "n": 3, "c": 1}]
    memory = evaluate(
        [{"task_id": "HumanEval/2", "completion": RIGHT}], k=(1,), workers=1, ignore_incomplete=True
    )
    with pytest.raises(UsageError, match="wrote no results file; give evaluate an output"):
        memory.to_pandas()
    with pytest.raises(UsageError, match="of: 'x' is neither 'samples' nor 'problems'"):
        scored.to_pandas("x")  # type: ignore[arg-type]


def test_evalplus_files_hold_its_statuses(plus: tuple[Path, Path]) -> None:
    results, _problems = plus
    path = export(results, "evalplus")
    assert path.name == "samples_eval_results.json"
    told = json.loads(path.read_text())
    rows = told["eval"]["HumanEval/0"]
    assert [(row["base_status"], row["plus_status"]) for row in rows] == [
        ("pass", "pass"), ("pass", "fail"), ("fail", "fail"), ("timeout", "fail"),
    ]  # fmt: skip
    assert rows[0]["solution"] == "def same(x):\n    return x\n"


@pytest.mark.needs("the environment of bridges")
def test_evalplus_itself_reads_them_and_counts_the_same(plus: tuple[Path, Path]) -> None:
    results, problems = plus
    export(results, "evalplus", problems=problems)
    done = run_there(
        "evalplus.evaluate", "--dataset", "humaneval", "--samples", "samples.jsonl", cwd=results.parent
    )
    assert done.returncode == 0, done.stderr
    assert "Load from previous results" in done.stdout
    rates = [line.split() for line in done.stdout.splitlines() if "pass@1" in line]
    assert [float(rate[-1].removesuffix("\x1b[0m")) for rate in rates] == [0.5, 0.25]


READ_HUB = (
    "import sys, json, yaml; from dataclasses import asdict; from huggingface_hub import parse_eval_result_entries;"
    "print(json.dumps([asdict(e) for e in parse_eval_result_entries(yaml.safe_load(open(sys.argv[1])))]))"
)


@pytest.mark.needs("the environment of bridges")
def test_the_hubs_own_reader_takes_the_entry(scored: EvaluationResult, tmp_path: Path) -> None:
    assert scored.results
    path = export(scored.results, "hub", dataset="openai/openai_humaneval", task="openai_humaneval")
    done = run_there("python", "-c", READ_HUB, path, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    [entry] = json.loads(done.stdout)
    assert (entry["dataset_id"], entry["task_id"]) == ("openai/openai_humaneval", "openai_humaneval")
    assert entry["value"] == pytest.approx(100 / 3, abs=1e-4)
    assert entry["notes"].startswith("pass@1 of 3 samples of 1 problem, 95% interval ")


VALIDATE = (
    "import sys, json, jsonschema; from every_eval_ever.schema import schema_json;"
    "jsonschema.Draft7Validator(schema_json()).validate(json.load(open(sys.argv[1])))"
)


@pytest.mark.needs("the environment of bridges")
@pytest.mark.parametrize("dataset", [None, "openai/openai_humaneval"])
def test_every_eval_evers_own_schema_takes_the_record(
    write_rows: Callable[..., Path], tmp_path: Path, dataset: str | None
) -> None:
    rows = [{"task_id": f"HumanEval/{n}", "completion": text} for n in (2, 23) for text in (RIGHT, WRONG)]
    found = evaluate(write_rows(rows), k=(1, 2), workers=1, ignore_incomplete=True, model=Model("some/model"))
    assert found.results
    path = export(
        found.results, "every-eval-ever", organization="Us", relationship="first_party", dataset=dataset
    )
    done = run_there("python", "-c", VALIDATE, path, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    told = json.loads(path.read_text())
    scores = {
        each["metric_config"]["metric_name"]: each["score_details"] for each in told["evaluation_results"]
    }
    assert {name: score["score"] for name, score in scores.items()} == found.pass_at_k
    interval = scores["pass@1"]["uncertainty"]["confidence_interval"]
    assert (interval["lower"], interval["upper"]) == found.intervals["pass@1"]
    broken = tmp_path / "broken.json"
    broken.write_text(json.dumps({name: told[name] for name in told if name != "model_info"}))
    assert (
        "'model_info' is a required property"
        in run_there("python", "-c", VALIDATE, broken, cwd=tmp_path).stderr
    )


@pytest.mark.parametrize(
    ("change", "form", "message"),
    [
        ({"complete": False}, "hub", "incomplete or failed its self-check"),
        ({"complete": False}, "every-eval-ever", "incomplete or failed its self-check"),
        ({"model": None}, "every-eval-ever", "the run names no model"),
        ({"pass_at_k": []}, "hub", r"the run has no pass@1; it has \[\]"),
        ({"format": "other"}, "evalplus", "not a run's record"),
    ],
)
def test_records_that_do_not_do_are_refused(
    change: dict[str, Any], form: str, message: str, scored: EvaluationResult
) -> None:
    assert scored.results
    record = Path(scored.results.replace("_results.jsonl", "_run.json"))
    record.write_text(json.dumps(json.loads(record.read_text()) | change))
    before = set(record.parent.iterdir())
    with pytest.raises(RunError, match=message):
        export(scored.results, form, dataset="a/b", task="c", organization="Us", relationship="other")
    assert set(record.parent.iterdir()) == before


def test_the_command_says_where_it_wrote_and_what_is_missing(scored: EvaluationResult) -> None:
    assert scored.results
    done = CliRunner().invoke(main, ["export", scored.results, "--to", "csv"])
    assert (done.exit_code, Path(done.output.strip()).name) == (0, "samples.jsonl_results.csv")
    done = CliRunner().invoke(main, ["export", scored.results, "--to", "hub"])
    assert (done.exit_code, "set --dataset and --task" in done.output) == (2, True)
    done = CliRunner().invoke(main, ["export", scored.results, "--to", "every-eval-ever"])
    assert (done.exit_code, "set --organization and --relationship" in done.output) == (2, True)
    done = CliRunner().invoke(main, ["export", "nothing", "--to", "csv"])
    assert (done.exit_code, "no such file" in done.output) == (2, True)


def test_without_a_verdict_or_the_base_tests_part_evalplus_gets_nothing(plus: tuple[Path, Path]) -> None:
    results, problems = plus
    rows = [json.loads(line) for line in results.read_text().splitlines()]
    for change, message in (({"passed": None}, "has no verdict"), ({"base_passed": None}, "isolated judge")):
        results.write_text("".join(json.dumps(row | {"passed": False} | change) + "\n" for row in rows))
        with pytest.raises(RunError, match=message):
            export(results, "evalplus", problems=problems)
