import csv
from dataclasses import replace
from pathlib import Path

import lmfit
import numpy as np
import pytest

from predictor import ForecastError, Losses, forecast_loss
from predictor.data import gpt4_figure_1
from predictor.laws.loss_law import LossForm, Objective, fit_loss
from predictor.laws.loss_posterior import ExponentPrior, loss_posterior

FITTED = [objective for objective in Objective if objective is not Objective.REDUCIBLE]


def figure_1(*, with_target: bool) -> Losses:
    points = gpt4_figure_1()
    rows = [
        {"model": f"o{i}", "flops": c, "bits": v}
        for i, (c, v) in enumerate(zip(points.compute, points.value, strict=True))
    ]
    return Losses.from_records(
        rows + ([{"model": "gpt-4", "flops": 1.0, "bits": points.outcome}] if with_target else []), "bits"
    )


@pytest.mark.parametrize(
    ("objective", "error"),
    [
        (Objective.ABSOLUTE, 0.002),
        (Objective.RELATIVE, 0.015),
        (Objective.LOG, 0.015),
        (Objective.HUBER, 0.021),
    ],
)
def test_figure_1_under_each_objective(objective: Objective, error: float) -> None:
    law = fit_loss(figure_1(with_target=False), objective=objective).at_reference(1.0)
    assert (law["a"] + law["c"]) / 1.257 - 1 == pytest.approx(error, abs=0.0006)


def test_figure_1_by_absolute_least_squares_is_the_published_fit() -> None:
    law = fit_loss(figure_1(with_target=False)).at_reference(1.0)
    assert (law["a"], law["b"], law["c"]) == pytest.approx((0.2975, -0.1188, 0.962), abs=5e-4)


def test_figure_1_by_default_is_within_2_percent_and_covers() -> None:
    forecast = forecast_loss(figure_1(with_target=True), "gpt-4")
    low, high = forecast.loss.intervals[80]
    assert forecast.loss.point == pytest.approx(1.257, rel=0.02)
    assert low < 1.257 < high
    assert {name for name in forecast.objectives if name.startswith("compute")} == {
        f"compute-{o}" for o in FITTED
    }


def test_a_power_law_agrees_with_lmfit() -> None:
    losses = figure_1(with_target=False)
    parameters = lmfit.Parameters()
    for name, value in (("a", 0.3), ("b", -0.1), ("c", 1.0)):
        parameters.add(name, value=value)
    found = lmfit.minimize(lambda p: p["a"] * losses.flops ** p["b"] + p["c"] - losses.loss, parameters)
    law = fit_loss(losses).at_reference(1.0)
    assert [law[name] for name in "abc"] == pytest.approx(
        [found.params[name].value for name in "abc"], rel=1e-4
    )


def test_epochs_reanalysis_of_chinchilla_is_reproduced(shared_data: Path) -> None:
    """Besiroglu et al., table 1: the estimate and its standard error of every constant."""
    with (shared_data / "loss_chinchilla_digitised.csv").open(encoding="utf-8") as stream:
        rows = sorted(csv.DictReader(stream), key=lambda row: float(row["loss"]))[:-5]
    records = [
        {
            "model": f"r{i}",
            "params": row["Model Size"],
            "tokens": float(row["Training FLOP"]) / 6 / float(row["Model Size"]),
            "loss": row["loss"],
        }
        for i, row in enumerate(rows)
    ]
    law = fit_loss(Losses.from_records(records, "loss"), LossForm.SIZE_DATA, Objective.HUBER).parameters()
    published = {
        "A": (482.01, 124.58),
        "B": (2085.43, 1293.23),
        "E": (1.8172, 0.03),
        "alpha": (0.3478, 0.02),
        "beta": (0.3658, 0.02),
    }
    for name, (value, error) in published.items():
        assert abs(law[name] - value) < error, name


def size_and_data(seed: int = 0, noise: float = 0.0) -> Losses:
    rng = np.random.default_rng(seed)
    pairs = [(n, n * r) for n in (1e8, 3e8, 1e9, 3e9) for r in (10, 20, 60, 200)]
    rows = [
        {
            "model": f"{n:g}-{d:g}",
            "params": n,
            "tokens": d,
            "loss": (1.8 + 480 / n**0.35 + 2000 / d**0.37) * np.exp(noise * rng.standard_normal()),
        }
        for n, d in pairs
    ]
    return Losses.from_records(rows, "loss")


@pytest.mark.parametrize("objective", FITTED)
def test_size_and_data_constants_are_recovered(objective: Objective) -> None:
    law = fit_loss(size_and_data(), LossForm.SIZE_DATA, objective).parameters()
    assert [law["alpha"], law["beta"], law["E"]] == pytest.approx([0.35, 0.37, 1.8], rel=0.01)


def test_intervals_of_the_compute_law_cover() -> None:
    """400 ladders, the 80 % interval, flat prior: exact but for the grid."""
    hits = 0
    flops = 10.0 ** np.linspace(17, 21, 9)
    for seed in range(400):
        rng = np.random.default_rng(seed)
        truth = 1.0 + 0.5 * (np.append(flops, 1e24) / 1e22) ** -0.15
        seen = truth * np.exp(0.005 * rng.standard_normal(10))
        rows = [
            {"model": f"m{i}", "flops": f, "l": v}
            for i, (f, v) in enumerate(zip(np.append(flops, 1e24), seen, strict=True))
        ]
        losses = Losses.from_records(rows, "l")
        small = losses.select(list(range(9)))
        posterior = loss_posterior(
            small, fit_loss(small, objective=Objective.RELATIVE), ExponentPrior(0.15, 0.5)
        )
        low, high = np.quantile(posterior.draws(losses.compute[-1], 500, rng), [0.1, 0.9])
        hits += bool(low <= losses.loss[-1] <= high)
    assert 0.75 < hits / 400 < 0.88


def test_mixed_tokens_make_auto_prefer_size_and_data() -> None:
    forecast = forecast_loss(size_and_data(noise=0.002), 1e24, train_max_flops=1e23)
    assert "mixed_tokens_per_parameter" in {warned.code for warned in forecast.warnings}
    from predictor import Target

    sized = forecast_loss(size_and_data(noise=0.002), Target(6 * 7e9 * 2e12, None, 7e9, 2e12))
    weights = sized.law["weights"]
    assert isinstance(weights, dict)
    assert sum(share for name, share in weights.items() if name.startswith("size-data")) > 0.9
    truth = 1.8 + 480 / 7e9**0.35 + 2000 / 2e12**0.37
    assert sized.loss.point == pytest.approx(truth, rel=0.01)


@pytest.mark.parametrize(("models", "says"), [(2, "at least 3"), (1, "at least 3")])
def test_too_few_losses_are_refused(models: int, says: str) -> None:
    with pytest.raises(ForecastError, match=says):
        forecast_loss(figure_1(with_target=False).select(list(range(models))), 1.0)


def test_the_size_and_data_form_says_what_it_needs() -> None:
    with pytest.raises(ForecastError, match="needs params and tokens of every model"):
        fit_loss(figure_1(with_target=False), LossForm.SIZE_DATA)


def test_a_flat_curve_is_reported_at_its_bound() -> None:
    rows = [{"model": f"m{i}", "flops": 10.0**i, "l": 2.0 + 0.001 * (i % 2)} for i in range(18, 24)]
    codes = {
        warned.code
        for warned in forecast_loss(Losses.from_records(rows, "l"), 1e25, method="report").warnings
    }
    assert "at_bound" in codes


def generated(irreducible: float, *, ahead: bool = False, noise: float = 0.02, seed: int = 3) -> Losses:
    """Losses on data of known entropy: what lies above it follows a power law and scatters by a share."""
    rng = np.random.default_rng(seed)
    flops = 10.0 ** np.arange(15, 20)
    flops = np.append(flops, 1e22) if ahead else flops
    scatter = np.exp(noise * rng.standard_normal(len(flops)))
    above = 0.4 * (flops / 1e18) ** -0.2 * scatter
    rows = [
        {"model": f"m{i}", "flops": c, "l": irreducible + v}
        for i, (c, v) in enumerate(zip(flops, above, strict=True))
    ]
    return Losses.from_records(rows, "l")


@pytest.mark.parametrize("objective", list(Objective))
def test_a_known_irreducible_loss_is_kept_under_every_objective(objective: Objective) -> None:
    fit = fit_loss(generated(1.3, noise=0.0).pinned(1.3), objective=objective)
    law = fit.parameters()
    assert law["c"] == 1.3
    assert law["b"] == pytest.approx(-0.2, abs=1e-4)
    assert fit.pinned
    assert fit.free == 2


def test_a_known_irreducible_loss_narrows_the_interval_and_is_in_the_record() -> None:
    table = generated(1.3, ahead=True)
    free = forecast_loss(table, "m5")
    known = forecast_loss(table, "m5", irreducible=1.3)
    width = [np.ptp(forecast.loss.intervals[80]) for forecast in (free, known)]
    assert width[1] < width[0] / 2
    low, high = known.loss.intervals[95]
    assert 1.3 < low < table.loss[-1] < high
    assert known.settings["irreducible"] == 1.3
    assert free.settings["irreducible"] is None
    assert known.objectives["compute-absolute-free"] == pytest.approx(free.objectives["compute-absolute"])


@pytest.mark.parametrize("value", [-0.1, 1.9, float("nan")])
def test_an_irreducible_loss_that_a_model_beats_is_refused(value: float) -> None:
    with pytest.raises(ForecastError, match=r"must be at least 0 and below every loss, and m4 has"):
        forecast_loss(generated(1.3), 1e22, irreducible=value)


def test_errors_of_the_reducible_loss_need_a_known_irreducible_one() -> None:
    with pytest.raises(ForecastError, match="set 'irreducible' to its value"):
        fit_loss(generated(1.3), objective=Objective.REDUCIBLE)


def test_the_data_hash_covers_sizes_and_tokens() -> None:
    table = size_and_data()
    moved = [c._replace(params=2 * c.params, tokens=c.tokens / 2) for c in table.compute]
    first = forecast_loss(table, 1e24).settings["data_sha256"]
    assert first != forecast_loss(replace(table, compute=tuple(moved)), 1e24).settings["data_sha256"]
