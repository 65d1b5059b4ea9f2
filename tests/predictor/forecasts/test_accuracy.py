"""Accuracy forecasts: what they say, refuse and warn of."""

import math
from typing import Any

import numpy as np
import pytest
from scipy.special import expit

from predictor import Accuracies, AccuracySettings, ForecastError, TableError, Target, forecast_accuracy
from predictor.forecasts.rolling_origin import Origin, Widening, mix, roll, widened

SETTINGS = AccuracySettings(size=1000)


def rows(
    count: int = 12, *, chance: float = 0.25, slope: float = 0.35, noise: float = 0.004
) -> list[dict[str, Any]]:
    """Models of one recipe, their accuracy logistic in a task loss that falls with compute, and a target."""
    rng = np.random.default_rng(4)
    found = []
    for number, log_c in enumerate(np.linspace(42, 49, count)):
        theta = -1.0 + slope * (log_c - 45)
        accuracy = chance + (0.95 - chance) * expit(theta) + noise * rng.standard_normal()
        loss = 0.6 + 1.2 * math.exp(-0.12 * (log_c - 42)) + 0.003 * rng.standard_normal()
        found.append({"model": f"m{number:02}", "flops": math.exp(log_c), "acc": accuracy, "bpb": loss})
    return found


def table(**changes: Any) -> Accuracies:
    return Accuracies.from_records(rows(**changes), "acc", "bpb")


def test_the_largest_model_is_forecast_from_the_others() -> None:
    known = table()
    forecast = forecast_accuracy(known, "m11", chance=0.25, settings=SETTINGS)
    low, high = forecast.accuracy.intervals[95]
    assert low <= known.accuracy[-1] <= high
    assert forecast.accuracy.point == pytest.approx(known.accuracy[-1], abs=0.03)
    assert set(forecast.members) == {"direct-compute", "two-step-compute"}
    assert sum(member.weight for member in forecast.members.values()) == pytest.approx(1)
    assert "m11" not in forecast.train_models
    assert forecast.settings["outcome_in_table"] is True
    assert forecast.law["origins"] == 3


def test_a_target_by_compute_and_the_same_seed_give_the_same_record() -> None:
    first, second = (
        forecast_accuracy(table(), 1e22, chance=0.25, settings=SETTINGS).to_json() for _ in range(2)
    )
    assert first["record_sha256"] == second["record_sha256"]
    assert first["overall"]["accuracy"]["intervals"].keys() == {"50", "80", "95"}  # type: ignore[index]
    other = forecast_accuracy(table(), 1e22, chance=0.25, settings=AccuracySettings(1000, 1)).to_json()
    assert other["record_sha256"] != first["record_sha256"]


@pytest.mark.parametrize(("times", "said"), [(9.0, False), (20.0, True)])
def test_a_target_beyond_ten_times_the_compute_is_warned_of(times: float, said: bool) -> None:  # noqa: FBT001
    known = table()
    target = times * float(known.flops.max())
    forecast = forecast_accuracy(known, target, chance=0.25, settings=SETTINGS)
    assert ("far_for_accuracy" in {warned.code for warned in forecast.warnings}) is said


def test_laws_of_size_and_data_need_a_grid_of_both_and_the_targets() -> None:
    grid = [
        {**row, "params": size, "tokens": row["flops"] / 6 / size}
        for number, row in enumerate(rows(16))
        for size in [math.sqrt(row["flops"] / 6) * (0.05, 0.2, 0.1, 0.4)[number % 4]]
    ]
    known = Accuracies.from_records(grid, "acc", "bpb")
    far = Target(6 * 1e10 * 1e12, None, 1e10, 1e12)
    assert len(forecast_accuracy(known, far, chance=0.25, settings=SETTINGS).members) == 4
    assert len(forecast_accuracy(known, far.flops, chance=0.25, settings=SETTINGS).members) == 2
    with pytest.raises(ForecastError, match="two-step-size-data needs params and tokens"):
        forecast_accuracy(known, far.flops, chance=0.25, method="two-step-size-data")


@pytest.mark.parametrize(
    ("changes", "options", "words"),
    [
        ({"slope": 0.0}, {}, "does not rise with compute"),
        ({"slope": 0.01}, {"chance": 0.6}, "clearly above chance"),
        ({}, {"chance": 25.0}, "chance 25 is no accuracy of guessing"),
        ({}, {"ceiling": 0.2}, "ceiling 0.2 is not above chance"),
        ({}, {"ceiling": 0.5}, "above the ceiling 0.5"),
        ({}, {"questions": 0.0}, "0 questions are too few"),
        ({}, {"method": "guess"}, "unknown method 'guess'"),
        ({}, {"train_models": ["m00", "m01", "m02"]}, "give at least 4"),
        ({}, {"train_models": ["m00", "m01", "m02", "m03", "m11"]}, "is the target"),
        ({"count": 1}, {}, "0 training models"),
    ],
)
def test_what_cannot_be_known_is_refused_in_one_sentence(
    changes: dict[str, Any], options: dict[str, Any], words: str
) -> None:
    known = table(**changes)
    with pytest.raises(ForecastError, match=words):
        forecast_accuracy(known, known.models[-1], settings=SETTINGS, **({"chance": 0.25} | options))


def test_an_interval_that_says_nothing_is_refused() -> None:
    noisy = table(count=6, noise=0.15)
    with pytest.raises(ForecastError, match=r"cannot be known from these 6 models: the 80% interval"):
        forecast_accuracy(noisy, 1e27, chance=0.25, settings=SETTINGS)


def test_a_missing_task_loss_and_falling_accuracies_are_warned_of() -> None:
    cells = rows()
    cells[3]["bpb"] = ""
    cells[10]["acc"] = cells[6]["acc"]
    forecast = forecast_accuracy(
        Accuracies.from_records(cells, "acc", "bpb"), "m11", chance=0.25, settings=SETTINGS
    )
    codes = {warned.code for warned in forecast.warnings}
    assert {"task_loss_missing", "non_monotone"} <= codes
    assert set(forecast.members) == {"direct-compute"}
    with pytest.raises(ForecastError, match=r"task loss of every training model \(blank for m03\)"):
        forecast_accuracy(
            Accuracies.from_records(cells, "acc", "bpb"), "m11", chance=0.25, method="two-step-compute"
        )


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"acc": 43.1}, "acc is 43.1, more than 1; write shares, not percentages: 0.431"),
        ({"acc": "NaN"}, "acc is 'NaN'; write a share from 0 to 1"),
        ({"acc": -0.1}, "write a share from 0 to 1"),
        ({"model": "m00"}, "m00 already stands in row 1"),
        ({"bpb": "nan"}, "as of a run that diverged"),
        ({"flops": ""}, "no compute"),
        ({"model": ""}, "no name"),
    ],
)
def test_a_bad_row_is_named(change: dict[str, Any], words: str) -> None:
    cells = rows()
    cells[5] |= change
    with pytest.raises(TableError, match="row 6") as caught:
        Accuracies.from_records(cells, "acc", "bpb")
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("column", "loss", "words"),
    [
        ("accuracy", None, "no column 'accuracy'"),
        ("acc", "loss", "no column 'loss'"),
        ("empty", None, "blank in every row"),
    ],
)
def test_a_missing_column_is_named_with_those_that_are_there(
    column: str, loss: str | None, words: str
) -> None:
    with pytest.raises(TableError, match=words):
        Accuracies.from_records([row | {"empty": ""} for row in rows()], column, loss)
    with pytest.raises(TableError, match="no rows"):
        Accuracies.from_records([], column, loss)


def test_the_better_member_gets_the_weight_and_the_mixture_is_widened_where_it_was_off() -> None:
    rng = np.random.default_rng(0)
    outcomes = np.array([0.5, 0.6])
    good = outcomes + 0.02 * rng.standard_normal((400, 2))
    bad = outcomes + 0.2 + 0.02 * rng.standard_normal((400, 2))
    rule = Widening(1.0, 2.0, 2.0)
    both = roll(
        [Origin(outcomes, {"good": good, "bad": bad})] * 3, ("good", "bad"), {"good": 1, "bad": 1}, rule
    )
    assert both.weights["good"] > 0.99
    assert both.widen < 1.0
    alone = roll([Origin(outcomes, {"bad": bad})] * 3, ("bad",), {"bad": 1}, rule)
    assert alone.widen > 3
    assert np.ptp(widened(bad, 2.0), axis=0) == pytest.approx(2 * np.ptp(bad, axis=0), rel=1e-6)
    assert len(mix({"good": good, "bad": bad}, {"good": 0.25, "bad": 0.75})) == 400


def test_without_an_origin_the_prior_decides() -> None:
    rule = Widening(1.5, 2.0, 2.0)
    found = roll([], ("a", "b"), {"a": 3.0, "b": 1.0}, rule)
    assert found.weights == {"a": 0.75, "b": 0.25}
    assert (found.widen, found.origins) == (1.5, 0)
