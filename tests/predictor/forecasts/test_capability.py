import json
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from predictor import METHOD_NAMES, ForecastError, PassCounts, Settings, Target, forecast_capability
from predictor.estimators import neg_log_pass
from predictor.forecasts.canonical import digest
from predictor.forecasts.capability import capability_task, data_digest
from predictor.methods.base import all_problems
from predictor.methods.latent_trend import latent_trend
from tests.predictor.ladders import Simulated

SMALL = Settings(size=800)
COVERING = [name for name in METHOD_NAMES if name != "report"]


@pytest.mark.parametrize("method", COVERING)
def test_a_method_that_covers_all_gives_every_metric_in_order(ladder: Simulated, method: str) -> None:
    forecast = forecast_capability(ladder.counts, ladder.target_flops, method=method, settings=SMALL)
    assert forecast.excluded == ()
    assert sorted(task for bucket in forecast.buckets for task in bucket.problems) == sorted(
        ladder.counts.problems
    )
    assert {"neg_mean_log_pass", "geometric_mean_pass", "pass@1", "pass@10"} <= set(forecast.overall)
    for estimate in forecast.overall.values():
        edges = [estimate.intervals[level] for level in (95, 80, 50)]
        assert [low for low, _ in edges] == sorted(low for low, _ in edges)
        assert edges[-1][0] <= estimate.point <= edges[-1][1] <= edges[0][1]
    points = {metric: estimate.point for metric, estimate in forecast.overall.items()}
    assert points["geometric_mean_pass"] <= points["pass@1"] + 0.02
    assert points["pass@1"] <= points["pass@10"]


@pytest.mark.parametrize("method", ["auto", "report"])
def test_known_truth_is_forecast_within_the_95_percent_interval(ladder: Simulated, method: str) -> None:
    forecast = forecast_capability(ladder.counts, ladder.target_flops, method=method, settings=SMALL)
    problems = [ladder.counts.problems.index(task) for bucket in forecast.buckets for task in bucket.problems]
    low, high = forecast.overall["neg_mean_log_pass"].intervals[95]
    assert low < ladder.truth[problems].mean() < high


def test_json_has_the_agreed_shape(ladder: Simulated) -> None:
    forecast = forecast_capability(ladder.counts, ladder.target_flops, method="report", settings=SMALL)
    found = json.loads(json.dumps(forecast.to_json(), allow_nan=False))
    assert {
        "method",
        "target",
        "train_models",
        "overall",
        "buckets",
        "excluded",
        "warnings",
        "record_sha256",
    } <= set(found)
    assert set(found["overall"]["neg_mean_log_pass"]) == {"point", "intervals"}
    assert set(found["overall"]["neg_mean_log_pass"]["intervals"]) == {"50", "80", "95"}
    assert {"name", "problems", "law", "neg_mean_log_pass", "geometric_mean_pass"} <= set(found["buckets"][0])
    assert found["record_sha256"] == digest(forecast.record())


def test_the_same_seed_gives_the_same_record(simulate: Callable[..., Simulated]) -> None:
    ladder = simulate(1, problems=40, models=4)
    shas = {
        seed: {
            digest(
                forecast_capability(
                    ladder.counts, ladder.target_flops, settings=Settings(size=800, seed=seed)
                ).record()
            )
            for _ in range(2)
        }
        for seed in (0, 1)
    }
    assert all(len(found) == 1 for found in shas.values())
    assert shas[0] != shas[1]


def test_single_problems_are_forecast_by_name(ladder: Simulated) -> None:
    forecast = forecast_capability(ladder.counts, ladder.target_flops, method="auto", settings=SMALL)
    points = np.array([forecast.problems[task]["neg_mean_log_pass"].point for task in ladder.counts.problems])
    assert np.corrcoef(np.log(points), np.log(ladder.truth))[0, 1] > 0.8


def test_rare_samples_leave_out_the_pass_at_k_they_cannot_measure(simulate: Callable[..., Simulated]) -> None:
    counts, flops, _ = simulate(1, problems=30, samples=5)
    forecast = forecast_capability(counts, flops, method="last-value", settings=SMALL)
    assert "pass@1" in forecast.overall
    assert "pass@10" not in forecast.overall


def test_a_known_target_is_left_aside(ladder: Simulated) -> None:
    forecast = forecast_capability(ladder.counts, "m4", method="report", settings=SMALL)
    assert forecast.train_models == ("m0", "m1", "m2", "m3")
    assert forecast.settings["outcome_in_table"] is True


def test_seeds_of_few_levels_are_forecast(simulate: Callable[..., Simulated]) -> None:
    counts, flops, truth = simulate(2, problems=40, models=8)
    seeds = replace(counts, compute=tuple(counts.compute[row - row % 2] for row in range(8)))
    forecast = forecast_capability(seeds, flops, settings=SMALL)
    low, high = forecast.overall["geometric_mean_pass"].intervals[95]
    assert 0 < low < np.exp(-truth.mean()) < high < 1


def test_every_metric_comes_from_the_same_draws(simulate: Callable[..., Simulated]) -> None:
    counts, flops, _ = simulate(3, problems=40, samples=30, top=3.0)
    task = capability_task(counts, Target(flops), Settings(ks=(1, 10, 30), size=500))
    buckets = all_problems(counts, Settings().rule).buckets
    drawn = latent_trend(task, buckets)
    assert drawn.problems is not None
    rate = np.exp(-drawn.problems)
    for number, bucket in enumerate(buckets):
        own = rate[:, bucket.problems]
        for k in (1, 10, 30):
            exact = (1 - (1 - own) ** k).mean(axis=1)
            assert drawn.buckets[f"pass@{k}"][:, number] == pytest.approx(exact, abs=1e-12)
        assert (drawn.measured[:, number] <= drawn.buckets["neg_mean_log_pass"][:, number] + 1e-4).all()
    assert (drawn.buckets["pass@10"] >= drawn.buckets["pass@1"]).all()
    assert (drawn.buckets["pass@30"] >= drawn.buckets["pass@10"]).all()


def refusals(counts: PassCounts) -> dict[str, tuple[Callable[[], object], str]]:
    return {
        "two models": (
            lambda: forecast_capability(counts, "m2"),
            r"2 training models with less than .* give at least 3, better 5",
        ),
        "inside": (
            lambda: forecast_capability(counts, 2e19, train_models=["m0", "m1", "m4"]),
            r"lie inside the training range: m4 has .*; train on smaller models only",
        ),
        "unknown target": (
            lambda: forecast_capability(counts, "gpt-9"),
            r"unknown target 'gpt-9'; give FLOPs, or one of m0",
        ),
        "unknown training": (
            lambda: forecast_capability(counts, 1e25, train_models=["x"]),
            "unknown training model 'x'",
        ),
        "own target": (
            lambda: forecast_capability(counts, "m4", train_models=["m4", "m0"]),
            "cannot train its own forecast",
        ),
        "unknown method": (
            lambda: forecast_capability(counts, 1e25, method="magic"),
            "unknown method 'magic'; choose one of auto",
        ),
        "negative": (lambda: forecast_capability(counts, "-1e25"), "unknown target"),
    }


@pytest.mark.parametrize(
    "case",
    [
        "two models",
        "inside",
        "unknown target",
        "unknown training",
        "own target",
        "unknown method",
        "negative",
    ],
)
def test_what_cannot_be_forecast_is_refused_in_a_sentence(ladder: Simulated, case: str) -> None:
    call, says = refusals(ladder.counts)[case]
    with pytest.raises(ForecastError, match=says):
        call()


def table(rates: list[list[float]], flops: list[float], n: int = 50) -> PassCounts:
    return PassCounts.from_records(
        {"model": f"m{j}", "task_id": f"t{i}", "n": n, "c": round(rate * n), "flops": flops[j]}
        for j, row in enumerate(rates)
        for i, rate in enumerate(row)
    )


def test_one_compute_value_is_refused() -> None:
    with pytest.raises(ForecastError, match=r"every training model has 1e\+20 FLOPs"):
        forecast_capability(table([[0.1] * 20] * 3, [1e20] * 3), 1e22)


@pytest.mark.parametrize("method", ["auto", "report"])
def test_nothing_solved_at_all_is_refused(method: str) -> None:
    with pytest.raises(ForecastError, match="no training model solved any problem"):
        forecast_capability(table([[0.0] * 20] * 4, [1e20, 1e21, 1e22, 1e23]), 1e24, method=method)


@pytest.mark.parametrize("method", COVERING)
def test_never_and_always_solved_problems_are_survived_and_named(method: str) -> None:
    rates = [[0.0] * 5 + [1.0] * 5 + [0.1 * j + 0.02 * i for i in range(20)] for j in range(1, 5)]
    forecast = forecast_capability(
        table(rates, [1e20, 1e21, 1e22, 1e23]), 1e24, method=method, settings=SMALL
    )
    codes = {warned.code: warned.message for warned in forecast.warnings}
    assert codes["never_solved"].startswith("5 of 30")
    assert codes["always_solved"].startswith("5 problems")
    assert all(np.isfinite([estimate.point for estimate in forecast.overall.values()]))


def test_every_problem_always_solved_still_gives_an_answer() -> None:
    rates = [[1.0] * 30] * 4
    forecast = forecast_capability(
        table(rates, [1e20, 1e21, 1e22, 1e23]), 1e24, method="auto", settings=SMALL
    )
    assert forecast.overall["pass@1"].point > 0.97
    with pytest.raises(ForecastError, match="the report's law has nothing to fit"):
        forecast_capability(table(rates, [1e20, 1e21, 1e22, 1e23]), 1e24, method="report")


def test_the_report_refuses_where_no_problem_is_left(simulate: Callable[..., Simulated]) -> None:
    counts, flops, _ = simulate(0, problems=14)
    with pytest.raises(ForecastError, match="use method auto, more samples, or fewer of the weakest"):
        forecast_capability(counts, flops, method="report")


def test_missing_cells_are_no_failures(simulate: Callable[..., Simulated]) -> None:
    counts, flops, truth = simulate(4, problems=80, models=6, ahead=20.0)
    rng = np.random.default_rng(0)
    gaps = rng.random(counts.samples.shape) < 0.3
    gaps[-1] = False
    thin = counts.with_counts(np.where(gaps, 0, counts.passes), np.where(gaps, 0, counts.samples))
    forecast = forecast_capability(thin, flops, method="auto", settings=SMALL)
    assert "missing_cells" in {warned.code for warned in forecast.warnings}
    assert np.log(forecast.overall["neg_mean_log_pass"].point / truth.mean()) == pytest.approx(0, abs=0.35)


def test_what_would_be_measured_is_told_apart_from_log_p_itself(simulate: Callable[..., Simulated]) -> None:
    counts, flops, _ = simulate(3, top=30.0, ahead=3.0, samples=50)
    forecast = forecast_capability(counts, flops, method="auto", settings=SMALL)
    assert forecast.settings["measured_at"] == 50.0
    most = float(neg_log_pass(0, 50).value) + 1e-9
    assert forecast.overall["neg_mean_log_pass_measured"].intervals[95][1] <= most
    assert forecast.overall["neg_mean_log_pass"].point > forecast.overall["neg_mean_log_pass_measured"].point


def test_target_size_and_data_travel_with_the_result(ladder: Simulated) -> None:
    target = Target(6 * 7e10 * 2e13, "next", 7e10, 2e13, derived=True)
    forecast = forecast_capability(ladder.counts, target, method="report", settings=SMALL)
    assert forecast.to_json()["target"] == {
        "name": "next",
        "flops": 8.4e24,
        "params": 7e10,
        "tokens": 2e13,
        "flops_derived": True,
    }
    assert {"derived_compute", "far"} <= {warned.code for warned in forecast.warnings}


@pytest.mark.parametrize("field", ["nll", "loss"])
def test_the_data_hash_covers_every_column_that_is_used(ladder: Simulated, field: str) -> None:
    shape = getattr(ladder.counts, field).shape
    tables = [ladder.counts, *(replace(ladder.counts, **{field: np.full(shape, v)}) for v in (1.0, 2.0))]
    assert len({data_digest(table) for table in tables}) == 3


def test_pass_at_k_that_cannot_be_measured_or_does_not_exist_is_said(ladder: Simulated) -> None:
    many = Settings(ks=(1, 10_000), size=200)
    forecast = forecast_capability(ladder.counts, ladder.target_flops, method="last-value", settings=many)
    assert "too_few_samples" in {warned.code for warned in forecast.warnings}
    with pytest.raises(ForecastError, match="pass@0 does not exist"):
        forecast_capability(ladder.counts, ladder.target_flops, settings=Settings(ks=(0,)))
