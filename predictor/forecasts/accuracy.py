"""Forecasts of a benchmark's accuracy: from smaller models' accuracies, and their task losses where known."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from predictor.arrays import Floats
from predictor.errors import ForecastError
from predictor.forecasts.accuracy_mixture import (
    FEWEST_MODELS,
    FEWEST_SIZES,
    Mixed,
    fit_mixture,
    usable_members,
)
from predictor.forecasts.accuracy_result import AccuracyForecast, AccuracyMember
from predictor.forecasts.canonical import canonical, known_or_none
from predictor.forecasts.diagnostics import compute_warnings
from predictor.forecasts.estimates import Estimate, ForecastWarning, Target, disagreement
from predictor.forecasts.targets import choose_training, resolve_target
from predictor.laws.curves.accuracy import MEMBERS, TWO_STEP, AccuracyData
from predictor.tables.accuracies import Accuracies
from predictor.tables.records import TableLike

__all__ = ["ACCURACY_METHODS", "AccuracySettings", "forecast_accuracy"]

ACCURACY_METHODS = ("auto", *MEMBERS)
# Of an unknown number of questions, what decides whether an accuracy is above chance.
QUESTIONS = 1000.0
RISES, NEAR_CHANCE, APART, WIDEST = 0.2, 0.1, 0.1, 0.5
FAR = 10.0  # times the compute of the largest training model; see docs/accuracy.md


@dataclass(frozen=True, slots=True)
class AccuracySettings:
    """Draws and seed of an accuracy forecast."""

    size: int = 4000
    seed: int = 0


def forecast_accuracy(
    table: Accuracies | TableLike,
    target: Target | str | float,
    *,
    chance: float,
    column: str = "accuracy",
    task_loss: str | None = None,
    ceiling: float | None = None,
    questions: float | None = None,
    method: str = "auto",
    train_models: Sequence[str] | None = None,
    train_max_flops: float | None = None,
    settings: AccuracySettings | None = None,
) -> AccuracyForecast:
    """Forecast a larger model's accuracy on a benchmark.

    Args:
        table: accuracies, and task losses where known, or a path, a data frame or a list of dictionaries
            (`read_accuracies`); it may hold the target, whose row is then left aside.
        target: a `Target`, the name of a model in the table, or FLOPs. Laws of size and data are used only
            where N and D are known of it and of every training model.
        chance: the accuracy of guessing: .25 for four choices, 0 where answers are generated.
        column: the column of accuracies where `table` is not read yet.
        task_loss: the column of task losses, likewise; None for none.
        ceiling: the best accuracy there is, where it is known; otherwise it is integrated out.
        questions: how many questions the accuracy is a share of; otherwise it is integrated out.
        method: `auto`, a mixture of every law that can be fitted, or one of `ACCURACY_METHODS`.
        train_models: names to train on; by default every model with less compute than the target.
        train_max_flops: leave out models above this compute.
        settings: draws and seed.

    Raises:
        TableError: the table is malformed, or has no such column.
        ForecastError: fewer than four models or three compute values, a target inside their range, all of
            them at chance, an accuracy that does not rise with compute, a member whose inputs are missing,
            or an interval so wide that it says nothing.
    """
    settings = settings or AccuracySettings()
    _check(chance, ceiling, questions, method)
    table = Accuracies.of(table, column, task_loss)
    goal = resolve_target(table.models, table.compute, target)
    chosen = choose_training(
        table.models, table.flops, goal, train_models, train_max_flops,
        min_models=FEWEST_MODELS, min_levels=2,
    )  # fmt: skip
    train = table.select(chosen)
    data = AccuracyData(train.logs, train.accuracy, train.task_loss, chance, ceiling, questions)
    _refuse(train, data)
    place = np.log([goal.flops, goal.params, goal.tokens])
    members = _members(train, data, place, method)
    mixed = fit_mixture(data, place, settings.seed, members)
    drawn = mixed.draws(place, settings.size, settings.seed)
    estimate = Estimate.from_draws(drawn["auto"])
    _refuse_width(train, data, estimate)
    found = _member_forecasts(mixed, drawn, place, settings)
    return AccuracyForecast(
        method,
        table.column,
        table.loss_column if any(name in TWO_STEP for name in members) else None,
        goal,
        train.models,
        estimate,
        found,
        {
            "chance": chance,
            "ceiling": ceiling,
            "questions": questions,
            "widened_by": mixed.rolled.widen,
            "origins": mixed.rolled.origins,
        },
        tuple(_warnings(train, data, goal, found)),
        {
            "data_sha256": _data_digest(train),
            "outcome_in_table": goal.name in table.models,
            "draws": settings.size,
            "seed": settings.seed,
        },
        drawn,
        table,
    )


def _check(chance: float, ceiling: float | None, questions: float | None, method: str) -> None:
    if method not in ACCURACY_METHODS:
        raise ForecastError(f"unknown method {method!r}; choose one of {', '.join(ACCURACY_METHODS)}")
    if not 0 <= chance < 1:
        raise ForecastError(f"chance {chance:g} is no accuracy of guessing; give a share such as 0.25, or 0")
    if ceiling is not None and not chance < ceiling <= 1:
        raise ForecastError(f"ceiling {ceiling:g} is not above chance {chance:g} and at most 1; give a share")
    if questions is not None and not questions >= 1:
        raise ForecastError(f"{questions:g} questions are too few; give how many the benchmark has")


def _refuse(train: Accuracies, data: AccuracyData) -> None:
    levels = len(np.unique(train.flops))
    if levels < FEWEST_SIZES:
        raise ForecastError(
            f"{len(train.models)} models at {levels} compute values do not show a curve; give at least "
            f"{FEWEST_SIZES} compute values"
        )
    best = int(np.argmax(train.accuracy))
    noise = 2 * np.sqrt(data.chance * (1 - data.chance) / (data.questions or QUESTIONS))
    if train.accuracy[best] - data.chance <= max(noise, 0.01):
        raise ForecastError(
            f"no training model is clearly above chance {data.chance:.3g} on {train.column}: the best, "
            f"{train.models[best]}, has {train.accuracy[best]:.3g}, and nothing tells where the rise begins; "
            "train on larger models, or forecast the task loss instead"
        )
    if data.ceiling is not None and train.accuracy[best] > data.ceiling:
        raise ForecastError(
            f"{train.models[best]} has {train.accuracy[best]:.3g} on {train.column}, above the ceiling "
            f"{data.ceiling:g}; give a higher one, or leave it out"
        )
    if _rank_correlation(train.flops, train.accuracy) < RISES:
        raise ForecastError(
            f"{train.column} does not rise with compute over these {len(train.models)} models, so a law of "
            "compute says nothing about a larger one; check the column, or train on models of one recipe"
        )


def _refuse_width(train: Accuracies, data: AccuracyData, estimate: Estimate) -> None:
    low, high = estimate.intervals[80]
    if high - low > WIDEST * ((data.ceiling or 1.0) - data.chance):
        raise ForecastError(
            f"{train.column} cannot be known from these {len(train.models)} models: the 80% interval runs "
            f"from {low:.3f} to {high:.3f}; add models nearer to the target, or their task losses"
        )


def _members(train: Accuracies, data: AccuracyData, place: Floats, method: str) -> list[str]:
    usable = usable_members(data, place)
    if method == "auto":
        return usable
    if method in usable:
        return [method]
    if method in TWO_STEP and (data.task_loss is None or np.isnan(data.task_loss).any()):
        blank = "" if data.task_loss is None else f" (blank for {_first_blank(train)})"
        raise ForecastError(
            f"{method} needs the task loss of every training model{blank}",
            option="task_loss",
            to="its column, or choose a direct method",
        )
    raise ForecastError(
        f"{method} needs params and tokens of the target and of 6 models with 3 sizes and 3 token counts; "
        "add them, or choose a method of compute"
    )


def _first_blank(train: Accuracies) -> str:
    assert train.task_loss is not None
    return train.models[int(np.argmax(np.isnan(train.task_loss)))]


def _member_forecasts(
    mixed: Mixed, drawn: Mapping[str, Floats], place: Floats, settings: AccuracySettings
) -> dict[str, AccuracyMember]:
    found: dict[str, AccuracyMember] = {}
    for name, law in mixed.laws.items():
        loss = None
        if name in TWO_STEP:
            rng = np.random.default_rng([settings.seed, len(found)])
            loss = float(np.median(law.task_loss_draws(place, settings.size, rng)))
        score = mixed.rolled.scores[name] if mixed.rolled.origins else None
        found[name] = AccuracyMember(mixed.rolled.weights[name], score, float(np.median(drawn[name])), loss)
    return found


def _warnings(
    train: Accuracies, data: AccuracyData, goal: Target, members: Mapping[str, AccuracyMember]
) -> Iterator[ForecastWarning]:
    yield from compute_warnings(train.compute, goal)
    if goal.flops > FAR * train.flops.max():
        yield ForecastWarning(
            "far_for_accuracy",
            f"the target has {goal.flops / train.flops.max():,.0f} times the compute of the largest training "
            "model; in the back-test, at 13 to 33 times, 80% intervals held 69% of the outcomes",
        )
    span = (data.ceiling or 1.0) - data.chance
    reached = (float(train.accuracy.max()) - data.chance) / span
    if reached < NEAR_CHANCE:
        yield ForecastWarning(
            "near_chance",
            f"the best training model has come {reached:.0%} of the way from chance to the ceiling: "
            "its few points hardly show how steep the rise is",
        )
    largest = train.accuracy[train.flops >= train.flops.max()].mean()
    if largest < train.accuracy.max() - max(0.1 * span, 0.02):
        yield ForecastWarning(
            "non_monotone",
            f"the largest training model has {largest:.3g} and a smaller one {train.accuracy.max():.3g}",
        )
    if train.task_loss is not None and np.isnan(train.task_loss).any():
        yield ForecastWarning(
            "task_loss_missing",
            f"the task loss of {_first_blank(train)} is blank, so no two-step law was fitted",
        )
    yield from disagreement([(member.weight, member.accuracy) for member in members.values()], APART)


def _rank_correlation(x: Floats, y: Floats) -> float:
    """Kendall's tau over the pairs that differ in x."""
    signs = np.sign(np.subtract.outer(x, x)) * np.sign(np.subtract.outer(y, y))
    pairs = float((np.subtract.outer(x, x) != 0).sum())
    return float(signs.sum()) / max(pairs, 1.0)


def _data_digest(train: Accuracies) -> str:
    """SHA-256 of the training models: names, FLOPs, N, D, accuracies and task losses."""
    losses = None if train.task_loss is None else known_or_none(train.task_loss)
    content = [
        train.models,
        [known_or_none(compute[:3]) for compute in train.compute],
        train.column,
        train.accuracy.tolist(),
        train.loss_column,
        losses,
    ]
    return hashlib.sha256(canonical(content).encode()).hexdigest()
