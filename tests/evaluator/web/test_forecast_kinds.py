"""Forecasts of accuracies, training runs and samples: their pages, and the forms that make them from a table."""

import csv
import re
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.evaluator.web.conftest import Filled, accuracy_table


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
