"""Loss forecasts scored: simulated laws with noise, and the public OLMo ladder."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from predictor import Losses, backtest_losses, read_losses
from predictor.backtest.summary import score_draws
from predictor.forecasts.loss import LossSettings, draw_loss
from predictor.scores import crps

METHODS = ("auto", "report", "last-value", "log-linear")
OLMO_TARGETS = ("3B-10xC", "peteish7_eval_anneal", "peteish13_eval_final")
FIRST_COLUMN = 7


@dataclass(frozen=True, slots=True)
class LossScore:
    """One target of one method: errors relative to the outcome; `target` is empty for simulated ones."""

    group: str
    target: str
    method: str
    point: float
    outcome: float
    error: float
    crps: float
    inside: Mapping[int, bool]


def calibration_scores(seed: int) -> list[LossScore]:
    """Every method on one simulated loss ladder."""
    rng = np.random.default_rng([5, seed])
    size = int(rng.integers(5, 10))
    span, ahead = np.log(rng.choice([1e2, 1e3, 1e4])), float(rng.choice([1e2, 1e3, 1e4]))
    x = np.linspace(0, span, size)
    x[1:-1] += span / (size - 1) * rng.uniform(-0.3, 0.3, size - 2)
    x = np.append(x, span + np.log(ahead))
    law = rng.uniform(0.5, 2.5) + rng.uniform(0.3, 3.0) * np.exp(-rng.uniform(0.05, 0.2) * x)
    loss = law * np.exp(rng.uniform(0.003, 0.01) * rng.standard_normal(size + 1))
    rows = [
        {"model": f"m{j}", "flops": 1e18 * float(np.exp(x[j])), "loss": float(loss[j])}
        for j in range(size + 1)
    ]
    every = Losses.from_records(rows, "loss")
    train = every.select(range(size))
    found = []
    for method in METHODS:
        draws = draw_loss(train, every.compute[-1], method, LossSettings(2000))
        scored = score_draws(draws, float(loss[-1]))
        error = scored.point / scored.outcome - 1
        score = crps(draws / scored.outcome, 1.0)
        found.append(
            LossScore(
                f"simulated, {ahead:,.0f} times",
                "",
                method,
                scored.point,
                scored.outcome,
                error,
                score,
                scored.inside,
            )
        )
    return found


def olmo_jobs(path: Path, columns: int) -> list[tuple[Path, str, str]]:
    """Each target of the first columns of losses, `dolma_stack` (code) first."""
    with path.open(encoding="utf-8") as stream:
        names = list(csv.DictReader(stream).fieldnames or [])[FIRST_COLUMN:]
    names.sort(key=lambda name: name != "dolma_stack")
    return [(path, column, target) for column in names[:columns] for target in OLMO_TARGETS]


def olmo_scores(job: tuple[Path, str, str]) -> list[LossScore]:
    """Every method on one target of one column of the OLMo ladder."""
    path, column, target = job
    table = read_losses(path, column)
    ladder = [name for name in table.models if not name.startswith("peteish") and "rerun" not in name]
    small = [name for name in ladder if not name.startswith("3B")]
    train = small if target.startswith("3B") else ladder
    rows = backtest_losses(table, methods=METHODS, targets=[target], train_models=train).rows
    return [
        LossScore("OLMo", f"{column} {target}", r.method, r.point, r.outcome, r.error, r.crps, r.inside)
        for r in rows
    ]
