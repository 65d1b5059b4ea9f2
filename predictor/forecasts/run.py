"""Forecasts of one training or RL run from its first part; refused while its ceiling is not identified."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from predictor.arrays import Floats
from predictor.errors import ForecastError
from predictor.forecasts.canonical import canonical
from predictor.forecasts.estimates import Estimate, ForecastWarning, disagreement
from predictor.forecasts.run_mixture import FEWEST_STEPS, MixedRun, fit_run_mixture
from predictor.forecasts.run_result import RunForecast, RunMember
from predictor.laws.curves.run import RUN_MEMBERS, RunData
from predictor.tables.records import TableLike
from predictor.tables.training_run import TrainingRun

__all__ = ["RUN_METHODS", "RunSettings", "forecast_run"]

RUN_METHODS = ("auto", *RUN_MEMBERS)
FARTHEST, WIDEST_CEILING, WIDEST, FEW_STEPS, FAR, APART = 10.0, 0.3, 0.3, 12, 2.5, 0.05


@dataclass(frozen=True, slots=True)
class RunSettings:
    """Draws and seed of a run's forecast."""

    size: int = 4000
    seed: int = 0


def forecast_run(
    run: TrainingRun | TableLike,
    step: float,
    *,
    column: str = "score",
    step_column: str = "step",
    name: str | None = None,
    until: float | None = None,
    method: str = "auto",
    settings: RunSettings | None = None,
) -> RunForecast:
    """Forecast a run's score at a later step from its first part.

    Args:
        run: scores at steps, or a path, a data frame or a list of dictionaries (`read_runs`); scores after
            `until` are left aside.
        step: the step to forecast, such as the run's last one.
        column: the column of scores where `run` is not read yet.
        step_column: the column of steps, likewise.
        name: this run of the table, where it is not read yet and holds several.
        until: the last step that may be used; by default the last one below `step`.
        method: `auto`, a mixture of all, or one of `RUN_METHODS`.
        settings: draws and seed.

    Raises:
        TableError: the table is malformed, has no such column, or holds several runs and none is named.
        ForecastError: fewer than six steps, a target that is not later, more than ten times later, scores
            that do not change, or a ceiling that the scores do not identify yet.
    """
    settings = settings or RunSettings()
    if method not in RUN_METHODS:
        raise ForecastError(f"unknown method {method!r}; choose one of {', '.join(RUN_METHODS)}")
    run = TrainingRun.of(run, column, step_column, name)
    used = run.steps < step if until is None else run.steps <= until
    data = RunData(run.steps[used], run.score[used])
    _refuse(run, data, step, until)
    names = RUN_MEMBERS if method == "auto" else (method,)
    mixed = fit_run_mixture(data, settings.seed, names)
    ceilings = mixed.ceilings(settings.size, settings.seed) if names != ("last-value",) else None
    steps = np.append(np.linspace(data.steps[-1], step, 17)[1:-1], step)
    drawn = mixed.draws(steps, settings.size, settings.seed)
    value = Estimate.from_draws(drawn["auto"][:, -1])
    ceiling = None if ceilings is None else Estimate.from_draws(ceilings)
    if ceiling is not None:
        whole = Estimate.from_draws(mixed.unnarrowed(drawn["auto"][:, -1]))
        _refuse_ceiling(run, data, ceiling, whole, step)
    members = _members(mixed, drawn)
    return RunForecast(
        method,
        run.name,
        run.column,
        float(step),
        (float(data.steps[-1]), len(data.steps)),
        value,
        ceiling,
        float(data.score[-1]),
        members,
        tuple((float(at), Estimate.from_draws(drawn["auto"][:, number])) for number, at in enumerate(steps)),
        {"widened_by": mixed.rolled.widen, "origins": mixed.rolled.origins},
        tuple(_warnings(data, step, members)),
        {
            "data_sha256": _data_digest(run, data),
            "step_column": run.step_column,
            "outcome_in_table": bool(np.any(run.steps >= step)),
            "draws": settings.size,
            "seed": settings.seed,
        },
        {law: each[:, -1] for law, each in drawn.items()},
        run,
    )


def _refuse(run: TrainingRun, data: RunData, step: float, until: float | None) -> None:
    name = f"{run.name}: " if run.name else ""
    if until is not None and step <= until:
        raise ForecastError(
            f"{name}step {step:g} is not after step {until:g}, the last one that may be used; "
            "give a later target"
        )
    if len(data.steps) < FEWEST_STEPS:
        raise ForecastError(
            f"{name}{len(data.steps)} steps before step {step:g} do not show a curve; give at least "
            f"{FEWEST_STEPS} of them"
        )
    if step > FARTHEST * data.steps[-1]:
        raise ForecastError(
            f"{name}step {step:g} is more than {FARTHEST:g} times the last step seen, {data.steps[-1]:g}; "
            "give more of the run, or an earlier target"
        )
    if np.ptp(data.score) == 0:
        raise ForecastError(
            f"{name}{run.column} is {data.score[0]:g} at every step seen, so no law can be fitted; "
            "give more of the run"
        )


def _refuse_ceiling(run: TrainingRun, data: RunData, ceiling: Estimate, value: Estimate, step: float) -> None:
    name = f"{run.name}: " if run.name else ""
    for what, estimate, most in (
        ("the ceiling is not identified", ceiling, WIDEST_CEILING),
        (f"the score at step {step:g} cannot be known", value, WIDEST),
    ):
        low, high = estimate.intervals[80]
        if high - low > most:
            raise ForecastError(
                f"{name}{what} by the {len(data.steps)} scores up to step {data.steps[-1]:g}: its 80% "
                f"interval runs from {low:.3f} to {high:.3f}; give more of the run"
            )


def _members(mixed: MixedRun, drawn: Mapping[str, Floats]) -> dict[str, RunMember]:
    return {
        name: RunMember(
            mixed.rolled.weights[name],
            mixed.rolled.scores[name] if mixed.rolled.origins else None,
            float(np.median(drawn[name][:, -1])),
        )
        for name in mixed.laws
    }


def _warnings(data: RunData, step: float, members: Mapping[str, RunMember]) -> Iterator[ForecastWarning]:
    if len(data.steps) < FEW_STEPS:
        yield ForecastWarning(
            "few_steps",
            f"{len(data.steps)} steps hardly show how scores scatter; 80% intervals held 73% in back-tests",
        )
    if step > FAR * data.steps[-1]:
        yield ForecastWarning(
            "far",
            f"step {step:g} is {step / data.steps[-1]:.1f} times the last one seen; back-tests at this "
            "distance were off by several points",
        )
    half = len(data.score) // 2
    if data.score[half:].max() > data.score[-1] + 0.03:
        yield ForecastWarning(
            "non_monotone",
            f"the last score, {data.score[-1]:.3g}, is below the best one of the second half, "
            f"{data.score[half:].max():.3g}: laws that only rise do not know this",
        )
    yield from disagreement([(member.weight, member.value) for member in members.values()], APART)


def _data_digest(run: TrainingRun, data: RunData) -> str:
    """SHA-256 of the part that was used: name, column, steps and scores."""
    content = [run.name, run.column, data.steps.tolist(), data.score.tolist()]
    return hashlib.sha256(canonical(content).encode()).hexdigest()
