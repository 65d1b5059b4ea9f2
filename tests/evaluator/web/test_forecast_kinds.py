"""Forecasts of accuracies, training runs and samples: their pages, and the forms that make them from a table."""

import csv
import re
from pathlib import Path

import httpx
import numpy as np
import pytest
from playwright.sync_api import Page, expect

from evaluator.problems import read_problem_rows
from predictor import SampleCounts, compare_curves, forecast_difference, pair_counts
from predictor.forecasts.canonical import digest
from tests.evaluator.web.conftest import Filled, accuracy_table
from tests.services import finished, serving


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("accuracy", r"acc \d\d\.\d% \(80% interval [\d.]+–[\d.]+%\) at 1e\+24 FLOPs"),
        ("run", r"reward \d\d\.\d% \(80% interval [\d.]+–[\d.]+%\) at step 60"),
        ("samples", r"pass@1,000 \d\d\.\d% \(80% interval [\d.]+–[\d.]+%\)"),
    ],
)
def test_a_forecast_of_each_kind_has_its_headline_and_figure(
    page: Page, filled: Filled, kind: str, said: str
) -> None:
    page.goto(f"{filled.live.url}/forecasts/{filled.kinds[kind]}")
    expect(page.locator(".headline")).to_have_text(re.compile(said))
    expect(page.locator(".chart canvas")).to_be_visible()
    page.get_by_text("The figure's numbers").click()
    observed = {"accuracy": "m7", "run": "step 30", "samples": "pass@9, unbiased"}[kind]
    expect(page.locator("#figure").get_by_role("row", name=observed)).to_be_visible()


def test_a_resolved_accuracy_says_what_was_observed(page: Page, filled: Filled) -> None:
    page.goto(f"{filled.live.url}/forecasts/{filled.kinds['accuracy']}")
    expect(page.locator(".observed")).to_contain_text("Observed acc 91.0%")
    expect(page.locator("figcaption")).to_contain_text("observed 91.0%")
    page.goto(f"{filled.live.url}/registry")
    entry = page.get_by_role("listitem").filter(has_text="bigger")
    expect(entry).to_contain_text(re.compile("Predicted acc .*observed 91.0%"))


def test_a_table_is_forecast_from_and_what_is_wrong_stands_beside_its_field(
    page: Page, filled: Filled, tmp_path: Path
) -> None:
    table = tmp_path / "models.csv"
    rows = accuracy_table()
    with table.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    page.goto(f"{filled.live.url}/forecasts/new")
    page.get_by_role("link", name="Accuracy").click()
    page.get_by_role("button", name="Forecast").click()
    wrong = page.locator(".field-error")
    expect(wrong.first).to_have_text("Choose the table, a CSV or JSON Lines file.")
    page.get_by_label("Table").set_input_files(table)
    expect(page.locator("#columns option")).to_have_count(3)
    page.get_by_label("Column of the accuracy").fill("hellaswag")
    page.get_by_label("Accuracy of guessing").fill("0.25")
    page.get_by_role("button", name="Forecast").click()
    expect(wrong).to_have_text("Name a model whose compute is known, or give FLOPs.")
    page.get_by_role("combobox", name="Model").fill("after m7")
    page.get_by_label("FLOPs").fill("lots")
    page.get_by_role("button", name="Forecast").click()
    expect(page.locator("label:has([name='target.flops']) .field-error, label + .field-error")).to_have_text(
        "Give a positive number, such as 1e25."
    )
    page.get_by_label("FLOPs").fill("1e24")
    page.get_by_role("button", name="Forecast").click()
    expect(wrong).to_have_text("The table has no column 'hellaswag'; it has model, flops, acc.")
    expect(page.get_by_label("Column of the accuracy")).to_be_focused()
    page.get_by_label("Column of the accuracy").fill("acc")
    page.get_by_role("button", name="Forecast").click()
    page.wait_for_url(re.compile("/forecasts/[0-9a-f]{64}$"), timeout=120_000)
    expect(page.locator("h1")).to_have_text("Accuracy of after m7")


COUNTS = [
    {"model": name, "task_id": f"t{n}", "n": 8, "c": (n + ord(name)) % 9} for name in "abc" for n in range(6)
]


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ({"kind": "run", "column": "r", "table": [{"step": 1, "r": 0.1}]}, "give the target's step"),
        ({"kind": "loss", "table": [{"model": "a"}], "target": {"flops": 1}}, "needs the name of its column"),
        ({"kind": "samples", "table_file": {"name": "a.csv", "text": "task_id,n,c\na,2,3\n"}}, "a.csv, row 1: c is 3"),
        ({"kind": "samples", "table_file": {"name": "a.csv", "text": " "}}, "the file is empty"),
        ({"kind": "samples", "table_file": {"name": "a.parquet", "text": "PAR1"}}, "not a compressed"),
        ({"kind": "samples", "table_file": {"name": "\u4e00" * 99, "text": "task_id,n,c\na,2,1\n"}}, "longer than 200 bytes"),
        ({"kind": "samples", "table_file": {"name": "a.csv", "text": "task_id,n,c,model\na,2,1,x\na,2,1,y\n"}},
         "The table holds 2 models: x, y."),
        ({"kind": "comparison", "table": [{"model": "a", "task_id": "t", "n": 2, "c": 1}]}, "give up_to, the largest k"),
        ({"kind": "comparison", "up_to": 9, "runs": ["0" * 21]}, "give two different runs"),
        ({"kind": "comparison", "up_to": 9, "runs": ["0" * 21, "1" * 21]}, "run 000000000000000000000 does not exist"),
        ({"kind": "comparison", "up_to": 9, "table": COUNTS[:6]}, "The table holds 1 model: a. A comparison needs two."),
        ({"kind": "comparison", "up_to": 9, "table": COUNTS}, "The table holds 3 models: a, b, c. Give the names of two."),
        ({"kind": "comparison", "up_to": 9, "table": COUNTS, "models": ["a", "d"]}, "The table has no model 'd'; it has a, b, c."),
        ({"kind": "comparison", "up_to": 8, "table": COUNTS, "models": ["a", "b"]}, "is known up to k = 8; give a larger k"),
        ({"kind": "run", "column": "r", "target": {"step": 9}, "table": [{"step": 1, "r": 0.1}]}, "do not show a curve"),
    ],
)  # fmt: skip
def test_what_cannot_be_forecast_is_said_in_a_sentence(
    filled: Filled, question: dict[str, object], said: str
) -> None:
    answer = httpx.post(f"{filled.live.url}/v1/forecasts", json=question, timeout=120)
    assert answer.status_code == 422
    assert said in answer.json()["detail"]


def test_a_run_is_forecast_beyond_its_samples_and_refusals_are_explained(page: Page, filled: Filled) -> None:
    page.goto(f"{filled.live.url}/forecasts/new?kind=samples&run={filled.runs['middle']}")
    expect(page.get_by_label("Run")).to_have_value(filled.runs["middle"])
    page.get_by_label("k", exact=True).fill("many")
    page.get_by_role("button", name="Forecast").click()
    expect(page.locator(".field-error")).to_contain_text("such as 100,1000")
    page.get_by_label("k", exact=True).fill("100, 1000")
    page.get_by_role("button", name="Forecast").click()
    expect(page.locator(".field-error")).to_contain_text("how pass rates spread is not known from")


def test_two_models_of_a_table_are_compared_in_the_browser_registered_and_resolved(
    page: Page, filled: Filled, tmp_path: Path
) -> None:
    table = tmp_path / "counts.csv"
    rows = [(name, f"t{n}", 16, n % most) for name, most in (("one", 9), ("other", 5)) for n in range(20)]
    with table.open("w", newline="") as file:
        csv.writer(file).writerows([("model", "task_id", "n", "c"), *rows])
    page.goto(f"{filled.live.url}/forecasts/new?kind=comparison&table=1")
    page.locator("input[type=file]").set_input_files(table)
    page.get_by_label("Model A").fill("other")
    page.get_by_label("Largest k").fill("100")
    page.get_by_role("button", name="Forecast").click()
    expect(page.locator(".field-error").first).to_contain_text("Name both models, or neither.")
    page.get_by_label("Model B").fill("one")
    page.get_by_role("button", name="Forecast").click()
    page.wait_for_url(re.compile("/forecasts/[0-9a-f]{64}$"), timeout=120_000)
    sha256 = page.url.rpartition("/")[2]
    found = httpx.get(f"{filled.live.url}/v1/forecasts/{sha256}").json()
    samples, names = np.full(20, 16, dtype=np.int64), tuple(f"t{n}" for n in range(20))
    pairs = pair_counts(
        SampleCounts("other", names, np.arange(20) % 5, samples),
        SampleCounts("one", names, np.arange(20) % 9, samples),
    )  # what the command line compares
    assert found["answer"]["within_samples"] == compare_curves(pairs).to_json()
    assert sha256 == digest(forecast_difference(pairs, 100).record())
    expect(page.locator(".headline")).to_have_text(
        re.compile(r"B − A in pass@100 [+−][\d.]+ points \(80% interval [+−][\d.]+ to [+−][\d.]+ points\)")
    )
    expect(page.get_by_text("A is other, B is one.")).to_be_visible()
    expect(page.get_by_role("row", name="pass@100:b-a")).to_contain_text(re.compile(r"[+−][\d.]+ points"))
    page.get_by_role("button", name="pass@k of both").click()
    expect(page.locator("figcaption")).to_contain_text("A other")
    page.get_by_role("button", name="Register").click()
    page.get_by_role("dialog").get_by_role("button", name="Yes").click()
    page.get_by_label("pass@100:b-a, -1 to 1").fill("0.31")
    page.get_by_role("button", name="Resolve").click()
    page.get_by_role("dialog").get_by_role("button", name="Yes").click()
    expect(page.locator(".observed")).to_contain_text("+31.0 points")


def test_a_comparison_of_two_runs_of_one_model_is_kept_from_its_page(page: Page, tmp_path: Path) -> None:
    rows = [{**row, "task_id": f"t/{n}"} for n, row in enumerate(read_problem_rows("humaneval").rows[:6])]
    with serving(tmp_path / "passlaw.db", workers=1, code_workers=0) as live, live.client() as http:
        made = http.post("/v1/problems", json={"name": "six", "rows": rows}).raise_for_status().json()["id"]
        runs = []
        for share in (2, 3):
            samples = [
                {"task_id": row["task_id"], "completion": row["canonical_solution"] if good else "    pass\n"}
                for place, row in enumerate(rows)
                for good in [sample < (place + share) % 5 for sample in range(4)]
            ]
            body = {"samples": samples, "model": "m", "problems": made, "k": "1"}
            runs.append(http.post("/v1/runs", json=body).raise_for_status().json()["id"])
        assert {finished(http, run)["state"] for run in runs} == {"done"}
        page.goto(f"{live.url}/forecasts/new?kind=comparison&run={runs[1]}&run={runs[0]}")
        expect(page.get_by_label("Run A")).to_have_value(runs[1])
        expect(page.get_by_label("Run B")).to_have_value(runs[0])
        page.goto(f"{live.url}/compare?a={runs[0]}&b={runs[1]}")
        page.get_by_label("up to k").fill("20")
        page.get_by_role("button", name="Forecast").click()
        page.get_by_role("button", name="Keep this forecast").click()
        page.wait_for_url(re.compile("/forecasts/[0-9a-f]{64}$"), timeout=120_000)
        expect(page.locator("main")).to_contain_text(f"A is m ({runs[0][-6:]}), B is m ({runs[1][-6:]}).")
