"""The shipped registers and tables: unbroken, of one piece, found out when edited, and made before the target."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from minieval.ladders import Ladder, ladder_of
from show import DATA, registered, target_name

from predictor import CapabilityForecast, forecast_capability, forecast_loss, read_counts, read_losses
from predictor.registry.outcomes import measured_outcome
from predictor.registry.registry import FileLog, Registry
from predictor.registry.revisions import other_revision, revision_of

LADDERS = sorted(path for path in DATA.iterdir() if path.is_dir())


def plan(folder: Path) -> Ladder:
    return ladder_of(int(folder.name))


def register(folder: Path) -> Registry:
    return Registry(FileLog(folder / "forecasts.jsonl"))


def is_trained(folder: Path) -> bool:
    return target_name(plan(folder)) in read_losses(folder / "losses.csv", "loss").models


TRAINED = [folder for folder in LADDERS if is_trained(folder)]
RECORDS: list[Any] = [
    pytest.param(folder, entry.body["record"], id=f"{folder.name}-{entry.number}")
    for folder in LADDERS
    for entry in register(folder).entries()
    if entry.kind == "forecast"
]
LOSS_RECORDS = [each for each in RECORDS if each.values[1]["kind"] == "loss"]
# Records of methods that are still there, from before their target was trained.
LASTING = [each for each in RECORDS if each.values[1]["method"] in {"latent-trend", "report"}]
PRESENT = [each for each in LASTING if other_revision(each.values[1]) is None]
EARLIER = [each for each in LASTING if other_revision(each.values[1]) is not None]
# What docs/registry.md says of revision 2 of latent-trend: how far medians of registered forecasts moved.
MOST_MOVED = {"pass@1": 0.015, "geometric_mean_pass": 0.02, "a bucket's pass@1": 0.03}


@pytest.mark.parametrize("folder", LADDERS, ids=lambda folder: folder.name)
def test_the_register_is_whole_and_an_edit_is_found(folder: Path, tmp_path: Path) -> None:
    assert register(folder).verify() == []
    text = (folder / "forecasts.jsonl").read_text()
    edited = tmp_path / "forecasts.jsonl"
    edited.write_text(text.replace('"point":0.', '"point":0.1', 1))
    assert edited.read_text() != text
    assert register(tmp_path).verify() != []


@pytest.mark.parametrize("folder", LADDERS, ids=lambda folder: folder.name)
def test_forecasts_were_there_before_their_outcomes_and_never_saw_the_target(folder: Path) -> None:
    entries = register(folder).entries()
    outcomes = {entry.body["record_sha256"]: entry for entry in entries if entry.kind == "outcome"}
    forecasts = [entry for entry in entries if entry.kind == "forecast"]
    assert len(forecasts) == 6
    assert len(outcomes) == (6 if folder in TRAINED else 0)
    gaps = set(plan(folder).gaps.values())
    for entry in forecasts:
        record: Any = entry.body["record"]
        assert max(float(name.split("-")[0]) for name in record["train_models"]) in gaps
        assert record["target"]["flops"] == plan(folder).target
        if outcomes:
            assert entry.number < outcomes[entry.body["record_sha256"]].number


@pytest.mark.parametrize(("folder", "record"), LOSS_RECORDS)
def test_a_registered_law_of_the_loss_follows_from_the_shipped_tables(folder: Path, record: Any) -> None:
    losses = read_losses(folder / "losses.csv", "loss")
    irreducible = record["settings"]["irreducible"]
    chosen = {"train_models": record["train_models"], "irreducible": irreducible}
    again = forecast_loss(losses, plan(folder).target, method="report", **chosen).objectives
    assert again == pytest.approx(record["objectives"], rel=1e-5)


def made_again(folder: Path, record: Any) -> CapabilityForecast:
    """The forecast by the present revision, from the table that is shipped."""
    again = forecast_capability(
        read_counts(folder / "counts.csv"),
        plan(folder).target,
        method=record["method"],
        train_models=record["train_models"],
    )
    assert again.settings["data_sha256"] == record["settings"]["data_sha256"]
    return again


@pytest.mark.parametrize(("folder", "record"), PRESENT)
def test_a_registered_forecast_of_the_present_revision_follows_from_the_shipped_tables(
    folder: Path, record: Any
) -> None:
    again: Any = made_again(folder, record).record()
    assert list(numbers(again)) == pytest.approx(list(numbers(record)), rel=1e-3)
    assert [bucket["problems"] for bucket in again["buckets"]] == [b["problems"] for b in record["buckets"]]


def numbers(record: Any) -> Iterator[float]:
    """Every median and edge of an interval of a record."""
    for scope in (record["overall"], *record["buckets"]):
        for _, estimate in sorted(scope.items()):
            if isinstance(estimate, dict) and "point" in estimate:
                yield estimate["point"]
                yield from (edge for _, pair in sorted(estimate["intervals"].items()) for edge in pair)


@pytest.mark.parametrize(("folder", "record"), EARLIER)
def test_a_registered_forecast_of_an_earlier_revision_agrees_with_the_present_one(
    folder: Path, record: Any
) -> None:
    assert revision_of(record) == 1
    again = made_again(folder, record)
    assert revision_of(again.record()) == 2
    for metric in ("pass@1", "geometric_mean_pass"):
        near(again.overall[metric].point, record["overall"][metric], MOST_MOVED[metric])
    for bucket, told in zip(again.buckets, record["buckets"], strict=True):
        assert bucket.problems == tuple(told["problems"])
        near(bucket.estimates["pass@1"].point, told["pass@1"], MOST_MOVED["a bucket's pass@1"])


def near(point: float, told: Any, most: float) -> None:
    low, high = told["intervals"]["80"]
    assert low < point < high
    assert abs(point - told["point"]) < most


def test_registered_forecasts_are_of_both_kinds() -> None:
    assert {each.values[1]["method"] for each in PRESENT} == {"report"}
    assert {each.values[1]["method"] for each in EARLIER} == {"latent-trend"}
    assert len(PRESENT) == 2
    assert len(EARLIER) == 2


def test_the_forecast_from_a_thousandth_ends_at_its_mode_now() -> None:
    """Revision 1 stopped short of it, and its record says so."""
    folder, record = next(
        each.values for each in EARLIER if "not_converged" in {w["code"] for w in each.values[1]["warnings"]}
    )
    assert "not_converged" not in {warned.code for warned in made_again(folder, record).warnings}


@pytest.mark.parametrize("folder", TRAINED, ids=lambda folder: folder.name)
def test_registered_outcomes_follow_from_the_shipped_tables(folder: Path) -> None:
    """Records of methods that are gone are read, verified and resolved as before."""
    counts = read_counts(folder / "counts.csv")
    entries = register(folder).entries()
    told = {
        entry.body["record_sha256"]: entry.body["outcome"] for entry in entries if entry.kind == "outcome"
    }
    for entry in entries:
        record: Any = entry.body.get("record")
        if record and record["kind"] == "capability":
            named = record | {"target": record["target"] | {"name": target_name(plan(folder))}}
            measured = measured_outcome(named, counts)
            assert measured == pytest.approx(told[entry.body["record_sha256"]], abs=0.01)


@pytest.mark.parametrize("folder", LADDERS, ids=lambda folder: folder.name)
def test_each_registered_number_is_shown_beside_its_outcome(folder: Path) -> None:
    lines = registered(folder, read_counts(folder / "counts.csv"), read_losses(folder / "losses.csv", "loss"))
    if folder not in TRAINED:
        assert lines == []
        return
    assert sum(line.what == "loss" for line in lines) == 2
    assert {line.gap for line in lines} == set(plan(folder).gaps)
    assert len(lines) > 2 + 4 * 6
