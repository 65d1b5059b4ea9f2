from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats

from predictor import (
    ForecastError,
    Losses,
    PassCounts,
    Settings,
    backtest,
    backtest_losses,
    by_column,
    read_counts,
    read_losses,
)
from predictor.scores import crps, interval
from tests.predictor.ladders import Simulated

SMALL = Settings(size=800)


def test_crps_of_a_normal_has_its_closed_form() -> None:
    draws = stats.norm.ppf((np.arange(20_000) + 0.5) / 20_000, 1.0, 2.0)
    z = (2.5 - 1.0) / 2.0
    exact = 2.0 * (z * (2 * stats.norm.cdf(z) - 1) + 2 * stats.norm.pdf(z) - 1 / np.sqrt(np.pi))
    assert crps(draws, 2.5) == pytest.approx(exact, rel=1e-3)
    assert crps([3.0, 3.0], 1.0) == 2.0


def test_an_interval_holds_its_share() -> None:
    assert interval(np.arange(101), 80) == pytest.approx((10.0, 90.0))


def test_each_target_is_forecast_from_the_smaller_models_alone(ladder: Simulated) -> None:
    found = backtest(ladder.counts, methods=("report", "auto"), settings=SMALL)
    assert {row.target: row.train_models for row in found.rows} == {
        "m3": ("m0", "m1", "m2"),
        "m4": ("m0", "m1", "m2", "m3"),
    }


def test_the_outcome_never_touches_its_own_forecast(ladder: Simulated) -> None:
    counts: PassCounts = ladder.counts
    changed = counts.passes.copy()
    changed[-1] = counts.samples[-1] - changed[-1]
    other = counts.with_counts(changed, counts.samples)
    for method in ("report", "auto", "last-value", "log-linear"):
        points = [
            [row.point for row in backtest(c, methods=(method,), targets=["m4"], settings=SMALL).rows]
            for c in (counts, other)
        ]
        assert points[0] == points[1], method


def test_methods_are_compared_on_the_problems_of_the_report(ladder: Simulated) -> None:
    rows = backtest(ladder.counts, methods=("report", "auto"), targets=["m4"], settings=SMALL).rows
    shared = {row.method: row for row in rows if row.problem_set == "shared"}
    assert shared["report"].problems == shared["auto"].problems < len(ladder.counts.problems)
    assert shared["report"].outcome == pytest.approx(shared["auto"].outcome)
    whole = [row for row in rows if row.problem_set == "all"]
    assert [(row.method, row.problems) for row in whole] == [("auto", len(ladder.counts.problems))]


def test_a_summary_runs_over_targets_that_all_methods_answered(simulate: Callable[..., Simulated]) -> None:
    counts = simulate(0, problems=16, models=5, ahead=2.0, top=3.0).counts
    summary = backtest(counts, methods=("report", "auto"), settings=SMALL).summary()
    answered = {method: found["targets"] for method, found in summary["shared"].items()}
    assert len(set(answered.values())) == 1
    assert summary["all"]["auto"]["targets"] == 2.0


def test_json_has_the_agreed_fields(ladder: Simulated) -> None:
    row = backtest(ladder.counts, methods=("auto",), settings=SMALL).to_json()["targets"][0]  # type: ignore[index]
    assert {"target", "train_models", "method", "geometric_mean_pass_error", "crps", "inside"} <= set(row)
    assert set(row["inside"]) == {"50", "80", "95"}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [({"methods": ("magic",)}, "unknown method 'magic'"), ({"targets": ["x"]}, "unknown model 'x'")],
)
def test_unknown_names_are_refused(ladder: Simulated, arguments: dict[str, Any], says: str) -> None:
    with pytest.raises(ForecastError, match=says):
        backtest(ladder.counts, **arguments)


def test_too_few_models_say_what_would_suffice(ladder: Simulated) -> None:
    with pytest.raises(
        ForecastError, match="a model with 3 smaller ones that solved something; the table has 3 models"
    ):
        backtest(ladder.counts.select([0, 1, 2]))


def test_a_table_splits_into_ladders_of_one_token_count() -> None:
    counts = PassCounts.from_records(
        {"model": f"{n}-{d}", "task_id": "t", "n": 9, "c": 3, "params": n, "tokens": d}
        for n in (1e8, 1e9)
        for d in (1e10, 1e11)
    )
    assert {key: len(table.models) for key, table in by_column(counts, "tokens").items()} == {
        "1e+10": 2,
        "1e+11": 2,
    }


def losses(noise: float) -> Losses:
    rng = np.random.default_rng(0)
    flops = 10.0 ** np.linspace(18, 23, 11)
    return Losses.from_records(
        [
            {
                "model": f"m{i}",
                "flops": f,
                "l": (1 + 2 * (f / 1e18) ** -0.1) * np.exp(noise * rng.standard_normal()),
            }
            for i, f in enumerate(flops)
        ],
        "l",
    )


def test_losses_are_back_tested_with_baselines() -> None:
    summary = backtest_losses(losses(0.003)).summary()["loss"]
    assert summary["auto"]["mean_abs_error"] < 0.01
    assert summary["auto"]["crps"] < summary["last-value"]["crps"]
    assert summary["auto"]["targets"] == 6.0


@pytest.mark.slow
@pytest.mark.parametrize("name", ["counts_humanevalplus_qwen3", "counts_math_pythia_n10000"])
def test_on_public_tables_auto_is_no_worse_than_the_report(shared_data: Path, name: str) -> None:
    counts = read_counts(shared_data / f"{name}.csv")
    summary = backtest(counts, methods=("report", "auto")).summary()["shared"]
    assert summary["auto"]["crps"] <= summary["report"]["crps"]
    assert summary["auto"]["crps_log"] <= summary["report"]["crps_log"]


@pytest.mark.slow
def test_on_public_losses_auto_beats_the_report(shared_data: Path) -> None:
    path = shared_data / "loss_olmo_ladder.csv"
    columns = ("c4_en", "dolma_stack", "pile")
    scores: dict[str, list[float]] = {"auto": [], "report": []}
    for column in columns:
        table = read_losses(path, column)
        small = [m for m in table.models if not m.startswith("peteish") and "rerun" not in m]
        found = backtest_losses(
            table, methods=tuple(scores), targets=["peteish13_eval_final"], train_models=small
        )
        for row in found.rows:
            scores[row.method].append(row.crps)
    assert np.mean(scores["auto"]) < 0.7 * np.mean(scores["report"])


def with_seeds(counts: PassCounts) -> PassCounts:
    """Every model twice, the second with other counts: two seeds of one recipe."""
    rng = np.random.default_rng(0)
    rows = []
    for j, model in enumerate(counts.models):
        for seed in range(2):
            for i, task in enumerate(counts.problems):
                n, c = int(counts.samples[j, i]), int(counts.passes[j, i])
                c = c if seed == 0 else int(rng.binomial(n, (c + 0.5) / (n + 1)))
                row = {"model": f"{model}-{seed}", "task_id": task, "n": n, "c": c}
                rows.append(row | {"flops": counts.flops[j]})
    return PassCounts.from_records(rows)


def test_seeds_of_one_compute_never_train_each_other_and_count_once(ladder: Simulated) -> None:
    twice = with_seeds(ladder.counts)
    result = backtest(twice, methods=["last-value", "log-linear"], settings=Settings(size=400))
    compute = dict(zip(twice.models, twice.flops, strict=True))
    for row in result.rows:
        assert max(compute[model] for model in row.train_models) < compute[row.target]
    targets = {row.target for row in result.rows}
    assert result.summary()["all"]["log-linear"]["targets"] == len(targets) / 2
