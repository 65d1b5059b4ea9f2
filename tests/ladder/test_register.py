"""The shipped register and tables: unbroken, of one piece, and found out when edited."""

from pathlib import Path
from typing import Any

import pytest
from show import DATA, registered

from predictor import forecast_loss, read_counts, read_losses
from predictor.registry.outcomes import measured_outcome
from predictor.registry.registry import FileLog, Registry

LADDERS = sorted(path for path in DATA.iterdir() if path.is_dir())


def register(ladder: Path) -> Registry:
    return Registry(FileLog(ladder / "forecasts.jsonl"))


RECORDS: list[Any] = [
    pytest.param(ladder, entry.body["record"], id=f"{ladder.name}-{entry.number}")
    for ladder in LADDERS
    for entry in register(ladder).entries()
    if entry.kind == "forecast"
]


@pytest.mark.parametrize("ladder", LADDERS, ids=lambda ladder: ladder.name)
def test_the_register_is_whole_and_an_edit_is_found(ladder: Path, tmp_path: Path) -> None:
    assert register(ladder).verify() == []
    text = (ladder / "forecasts.jsonl").read_text()
    edited = tmp_path / "forecasts.jsonl"
    edited.write_text(text.replace('"point":0.9', '"point":0.8', 1))
    assert edited.read_text() != text
    assert register(tmp_path).verify() != []


@pytest.mark.parametrize("ladder", LADDERS, ids=lambda ladder: ladder.name)
def test_every_forecast_has_its_outcome_and_was_there_first(ladder: Path) -> None:
    entries = register(ladder).entries()
    outcomes = {entry.body["record_sha256"]: entry for entry in entries if entry.kind == "outcome"}
    forecasts = [entry for entry in entries if entry.kind == "forecast"]
    assert len(forecasts) == 6
    for entry in forecasts:
        assert entry.number < outcomes[entry.body["record_sha256"]].number


@pytest.mark.parametrize(("ladder", "record"), [each for each in RECORDS if each.values[1]["kind"] == "loss"])
def test_a_registered_law_of_the_loss_follows_from_the_shipped_tables(ladder: Path, record: Any) -> None:
    losses = read_losses(ladder / "losses.csv", "loss")
    irreducible = record["settings"]["irreducible"]
    chosen = {"train_models": record["train_models"], "irreducible": irreducible}
    again = forecast_loss(losses, 1e13, method="report", **chosen).objectives
    assert again == pytest.approx(record["objectives"], rel=1e-5)


@pytest.mark.parametrize("ladder", LADDERS, ids=lambda ladder: ladder.name)
def test_registered_outcomes_follow_from_the_shipped_tables(ladder: Path) -> None:
    """The records are of methods that are gone: they are read, verified and resolved as before."""
    counts = read_counts(ladder / "counts.csv")
    entries = register(ladder).entries()
    told = {
        entry.body["record_sha256"]: entry.body["outcome"] for entry in entries if entry.kind == "outcome"
    }
    for entry in entries:
        record: Any = entry.body.get("record")
        if record and record["kind"] == "capability":
            named = record | {"target": record["target"] | {"name": "1e13-seed0"}}
            measured = measured_outcome(named, counts)
            assert measured == pytest.approx(told[entry.body["record_sha256"]], abs=0.01)


@pytest.mark.parametrize("ladder", LADDERS, ids=lambda ladder: ladder.name)
def test_each_registered_number_is_shown_beside_its_outcome(ladder: Path) -> None:
    lines = registered(ladder, read_counts(ladder / "counts.csv"), read_losses(ladder / "losses.csv", "loss"))
    assert sum(line.what == "loss" for line in lines) == 2
    assert {line.gap for line in lines} == {"1/1,000", "1/100"}
    assert len(lines) == 2 + 4 * 14
