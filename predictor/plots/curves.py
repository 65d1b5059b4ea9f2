"""Panels of an accuracy's forecast and of a run's."""

import numpy as np

from predictor.arrays import Floats
from predictor.forecasts.accuracy_mixture import fit_mixture
from predictor.forecasts.accuracy_result import AccuracyForecast
from predictor.forecasts.estimates import Estimate
from predictor.forecasts.run_result import RunForecast
from predictor.laws.curves.accuracy import AccuracyData
from predictor.plots.render import Band, Panel
from predictor.scores import LEVELS
from predictor.tables.accuracies import Accuracies
from predictor.tables.training_run import TrainingRun

__all__ = ["accuracy_panel", "run_panel"]

CURVE_POINTS, CURVE_DRAWS = 12, 1000


def accuracy_panel(table: Accuracies, forecast: AccuracyForecast) -> Panel:
    """Observed accuracies, the forecast from the largest model to the target, and the outcome if known.

    Between the two, N and D move as log C does, where they are known.
    """
    train = table.select([table.index(model) for model in forecast.train_models])
    chance, ceiling, questions = (forecast.law[name] for name in ("chance", "ceiling", "questions"))
    data = AccuracyData(
        train.logs,
        train.accuracy,
        train.task_loss,
        _number(chance) or 0.0,
        _number(ceiling),
        _number(questions),
    )
    goal = np.log([forecast.target.flops, forecast.target.params, forecast.target.tokens])
    seed = forecast.settings.get("seed", 0)
    mixed = fit_mixture(data, goal, seed if isinstance(seed, int) else 0, list(forecast.members))
    part = np.linspace(0, 1, CURVE_POINTS)[:, None]
    places = (1 - part) * train.logs[-1] + part * goal
    estimates = [Estimate.from_draws(mixed.draws(place, CURVE_DRAWS, 0)["auto"]) for place in places[:-1]]
    name = forecast.target.name
    return Panel(
        f"Accuracy: {forecast.column}",
        "Accuracy",
        train.flops / forecast.target.flops,
        train.accuracy,
        band=_band(np.exp(places[:, 0] - goal[0]), [*estimates, forecast.accuracy]),
        outcome=float(table.accuracy[table.index(name)]) if name in table.models and name else None,
    )


def run_panel(run: TrainingRun, forecast: RunForecast) -> Panel:
    """The scores that were used, the forecast from there on, and the outcome if the table holds it."""
    used = run.steps <= forecast.seen[0]
    reached = np.flatnonzero(run.steps == forecast.step)
    steps = np.array([step for step, _estimate in forecast.curve])
    return Panel(
        f"{forecast.run or 'Run'}: {forecast.column}",
        forecast.column,
        run.steps[used] / forecast.step,
        run.score[used],
        band=_band(steps / forecast.step, [estimate for _step, estimate in forecast.curve]),
        outcome=float(run.score[reached[0]]) if len(reached) else None,
        along="Step (target = 1)",
        log_along=False,
    )


def _band(along: Floats, estimates: list[Estimate]) -> Band:
    return Band(
        along,
        np.array([estimate.point for estimate in estimates]),
        {
            level: (
                np.array([estimate.intervals[level][0] for estimate in estimates]),
                np.array([estimate.intervals[level][1] for estimate in estimates]),
            )
            for level in LEVELS
        },
    )


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None
