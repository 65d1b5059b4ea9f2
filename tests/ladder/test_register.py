"""The shipped register and tables: unbroken, of one piece, and found out when edited."""

from pathlib import Path
from typing import Any

import pytest
from show import DATA, registered

from predictor import Settings, forecast_capability, forecast_loss, read_counts, read_losses
from predictor.methods.ensemble import Mixing
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


@pytest.mark.parametrize(("ladder", "record"), RECORDS)
def test_a_registered_forecast_follows_from_the_shipped_tables(ladder: Path, record: Any) -> None:
    chosen = {"train_models": record["train_models"], "method": record["method"]}
    if record["kind"] == "loss":
        losses = read_losses(ladder / "losses.csv", "loss")
        again = forecast_loss(losses, 1e13, irreducible=record["settings"]["irreducible"], **chosen)
        assert again.loss.point == pytest.approx(record["loss"]["point"], rel=1e-6)
    else:
        # Earlier records do not say it: theirs is a mixture with the line wherever it was.
        mixing = Mixing(**{"in_range": False} | (record["settings"]["mixing"] or {}))
        counts, settings = read_counts(ladder / "counts.csv"), Settings(mixing=mixing)
        found = forecast_capability(counts, 1e13, settings=settings, **chosen).overall
        assert found["geometric_mean_pass"].point == pytest.approx(
            record["overall"]["geometric_mean_pass"]["point"], rel=1e-4
        )


@pytest.mark.parametrize("ladder", LADDERS, ids=lambda ladder: ladder.name)
def test_each_registered_number_is_shown_beside_its_outcome(ladder: Path) -> None:
    lines = registered(ladder, read_counts(ladder / "counts.csv"), read_losses(ladder / "losses.csv", "loss"))
    assert sum(line.what == "loss" for line in lines) == 2
    assert {line.gap for line in lines} == {"1/1,000", "1/100"}
    assert len(lines) == 2 + 4 * 14
