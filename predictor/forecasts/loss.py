"""Forecasts of a loss: one law and objective by name, or `auto`, which mixes them by their own back-test."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from predictor.arrays import Floats, Mask
from predictor.errors import ForecastError
from predictor.forecasts.canonical import canonical, known_or_none
from predictor.forecasts.diagnostics import compute_warnings, is_mixed
from predictor.forecasts.estimates import Estimate, ForecastWarning, Target
from predictor.forecasts.result import LossForecast
from predictor.forecasts.targets import choose_training, resolve_target
from predictor.laws.loss_law import LossFit, LossForm, Objective, fit_loss
from predictor.laws.loss_posterior import ExponentPrior, LossPosterior, loss_posterior
from predictor.laws.power_law import fit_power_laws
from predictor.scores import crps
from predictor.tables.compute import Compute
from predictor.tables.losses import Losses
from predictor.tables.records import TableLike

__all__ = ["LOSS_METHODS", "LossSettings", "draw_loss", "draw_loss_curve", "forecast_loss"]

SHARPNESS = 2.0
# Prior odds of each size-and-data law where runs mix tokens per parameter: compute alone does not order them.
SIZE_ODDS = 4.0
CUTS = (0.5, 0.65, 0.8)
FLAT = ExponentPrior(0.1, float("inf"))
LAWS: Mapping[str, tuple[LossForm, Objective]] = MappingProxyType(
    {
        f"{form.value.replace('_', '-')}-{objective}": (form, objective)
        for form in LossForm
        for objective in Objective
    }
)
LOSS_METHODS = ("auto", "report", *LAWS, "last-value", "log-linear")


@dataclass(frozen=True, slots=True)
class LossSettings:
    """Draws and seed of a loss forecast."""

    size: int = 4000
    seed: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class _Drawn:
    draws: Floats
    fit: LossFit | None
    weights: Mapping[str, float]


def forecast_loss(
    losses: Losses | TableLike,
    target: Target | str | float,
    *,
    column: str = "loss",
    method: str = "auto",
    train_models: Sequence[str] | None = None,
    train_max_flops: float | None = None,
    irreducible: float | None = None,
    settings: LossSettings | None = None,
) -> LossForecast:
    """Forecast a larger model's loss.

    Args:
        losses: one column of a loss table, or a path, a data frame or a list of dictionaries (`read_losses`);
            it may hold the target, whose loss is then left aside.
        column: the column of losses where `losses` is not read yet.
        target: a `Target`, the name of a model in the table, or FLOPs.
        method: `auto`, `report` (a C^b + c by absolute least squares), or another of `LOSS_METHODS`.
        train_models: names to train on; by default every model with less compute than the target.
        train_max_flops: leave out models above this compute.
        irreducible: the loss of a perfect model where it is known, such as the entropy of generated data, in
            the column's unit. Every law then keeps it; `objectives` also says what each gives without.
        settings: draws and seed.

    Raises:
        TableError: the table is malformed, or has no such column.
        ForecastError: see `predictor.forecast_capability`; also too few computes, N and D missing where
            needed, or an irreducible loss that some model already beats.
    """
    settings = settings or LossSettings()
    if method not in LOSS_METHODS:
        raise ForecastError(f"unknown method {method!r}; choose one of {', '.join(LOSS_METHODS)}")
    losses = Losses.of(losses, column)
    goal = resolve_target(losses.models, losses.compute, target)
    train = losses.select(choose_training(losses.models, losses.flops, goal, train_models, train_max_flops))
    train = train.pinned(irreducible)
    compute = Compute(goal.flops, goal.params, goal.tokens, goal.derived)
    drawn = _draw(train, compute, method, settings)
    law: dict[str, object] = {"form": method, "weights": dict(drawn.weights)}
    if drawn.fit is not None:
        law |= {"objective": str(drawn.fit.objective), **drawn.fit.parameters()}
        if drawn.fit.form is LossForm.COMPUTE:
            law["target_is_1"] = drawn.fit.at_reference(goal.flops)
    return LossForecast(
        method,
        losses.column,
        goal,
        train.models,
        Estimate.from_draws(drawn.draws),
        law,
        _side_by_side(train, compute),
        tuple(_guards(train, goal, drawn)),
        {
            "data_sha256": _data_digest(train),
            "irreducible": train.irreducible,
            "draws": settings.size,
            "seed": settings.seed,
        },
        losses,
    )


def draw_loss(train: Losses, target: Compute, method: str, settings: LossSettings) -> Floats:
    """Return predictive draws of the target's loss, shape (size,), from the training models as they are."""
    return _draw(train, target, method, settings).draws


def draw_loss_curve(
    train: Losses, goals: Sequence[Compute], method: str, settings: LossSettings, weights: Mapping[str, float]
) -> list[Floats]:
    """Return predictive draws at several computes, each of shape (about size,), from one fit of every law.

    Args:
        train: the training models.
        goals: the computes; where a law of size and data takes part, with N and D.
        method: as in `forecast_loss`.
        settings: draws at each, and the seed, which is the same at each.
        weights: of `auto`, the shares of the laws in its mixture, from the forecast's `law`.
    """
    if method in NAIVE:
        return [NAIVE[method](train, goal, settings.size, _rng(settings)) for goal in goals]
    shares = weights if method == "auto" else {method: 1.0}
    parts = [
        (round(share * settings.size), _posterior(train, name))
        for name, share in shares.items()
        if round(share * settings.size)
    ]
    return [
        np.concatenate([posterior.draws(goal, size, _rng(settings)) for size, posterior in parts])
        for goal in goals
    ]


def _rng(settings: LossSettings) -> np.random.Generator:
    return np.random.default_rng(settings.seed)


def _posterior(train: Losses, method: str) -> LossPosterior:
    report = method == "report"
    form, objective = (LossForm.COMPUTE, Objective.ABSOLUTE) if report else LAWS[method]
    return loss_posterior(train, fit_loss(train, form, objective), FLAT if report else None)


def _draw(train: Losses, target: Compute, method: str, settings: LossSettings) -> _Drawn:
    if method == "auto":
        return _mix(train, target, settings)
    if method in NAIVE:
        return _Drawn(NAIVE[method](train, target, settings.size, _rng(settings)), None, {})
    posterior = _posterior(train, method)
    return _Drawn(posterior.draws(target, settings.size, _rng(settings)), posterior.fit, {})


def _mix(train: Losses, target: Compute, settings: LossSettings) -> _Drawn:
    """Every usable law, weighted by the CRPS with which it forecast the upper part of the training models."""
    usable = [name for name in LAWS if _usable(name, train, target)]
    scores = {name: _inner_scores(train, name) for name in usable}
    common = min(len(values) for values in scores.values())
    mean = np.array([np.mean(values[:common]) if common else 1.0 for values in scores.values()])
    weight = _prior(usable, train) * (mean / mean.min()) ** (-SHARPNESS * max(common, 1))
    weight = np.where(weight / weight.sum() < 0.01, 0.0, weight)
    shares = weight / weight.sum()
    parts = [
        _draw(train, target, name, LossSettings(round(share * settings.size), settings.seed)).draws
        for name, share in zip(usable, shares, strict=True)
        if round(share * settings.size)
    ]
    best = usable[int(np.argmax(shares))]
    return _Drawn(
        np.concatenate(parts), fit_loss(train, *LAWS[best]), dict(zip(usable, shares.tolist(), strict=True))
    )


def _prior(names: Sequence[str], train: Losses) -> Floats:
    mixed = is_mixed(train.tokens / train.params)
    return np.array([SIZE_ODDS if mixed and LAWS[name][0] is LossForm.SIZE_DATA else 1.0 for name in names])


def _usable(name: str, train: Losses, target: Compute) -> bool:
    form, objective = LAWS[name]
    if objective is Objective.REDUCIBLE and train.irreducible is None:
        return False
    if form is LossForm.COMPUTE:
        return True
    known = np.isfinite([target.params, target.tokens]).all()
    try:
        return bool(known) and bool(fit_loss(train, form).cost >= 0)
    except ForecastError:
        return False


def _inner_scores(train: Losses, name: str) -> list[float]:
    """CRPS of log loss, averaged over the models beyond each origin, for the origins that leave enough below.

    From the top down, so that laws that need more models are compared on the origins they share.
    """
    found = []
    for below in _origins(train):
        lower, upper = train.select(below), train.select(~below)
        try:
            posterior = loss_posterior(lower, fit_loss(lower, *LAWS[name]))
        except ForecastError:
            break
        rng = np.random.default_rng(0)
        scores = [
            crps(np.log(posterior.draws(compute, 400, rng)), float(np.log(loss)))
            for compute, loss in zip(upper.compute, upper.loss, strict=True)
        ]
        found.append(float(np.mean(scores)))
    return found


def _origins(train: Losses) -> list[Mask]:
    """Masks of the lower models, from the highest origin down.

    Where sizes are trained on several token counts each, what is forecast is the next larger size, and the
    origin rolls over sizes; otherwise over compute.
    """
    sizes = np.unique(train.params)
    if np.isfinite(sizes).all() and 3 < len(sizes) <= len(train.models) / 2:
        return [train.params <= size for size in sizes[-2:1:-1]]
    return [train.flops <= np.quantile(train.flops, cut) for cut in CUTS[::-1]]


def _last_value(train: Losses, _target: Compute, size: int, rng: np.random.Generator) -> Floats:
    steps = np.sqrt(np.mean(np.diff(np.log(train.loss)) ** 2))
    return np.asarray(train.loss[-1] * np.exp(steps * rng.standard_normal(size)))


def _log_linear(train: Losses, target: Compute, size: int, rng: np.random.Generator) -> Floats:
    laws = fit_power_laws(train.flops, train.loss, reference=target.flops)
    return laws.draws(target.flops, size, rng)[:, 0]


NAIVE: Mapping[str, Callable[[Losses, Compute, int, np.random.Generator], Floats]] = MappingProxyType(
    {"last-value": _last_value, "log-linear": _log_linear}
)


def _side_by_side(train: Losses, target: Compute) -> dict[str, float]:
    """The point forecast of every law and objective that these models can carry.

    Where the irreducible loss is known, also what each says when it is fitted instead: `...-free`.
    """
    tables = {"": train} if train.irreducible is None else {"": train, "-free": train.pinned(None)}
    return {
        name + suffix: float(fit_loss(table, *LAWS[name]).predict((target,))[0])
        for suffix, table in tables.items()
        for name in LAWS
        if _usable(name, table, target)
    }


def _guards(train: Losses, goal: Target, drawn: _Drawn) -> list[ForecastWarning]:
    found = list(compute_warnings(train.compute, goal))
    if drawn.fit is not None and drawn.fit.at_bound:
        found.append(
            ForecastWarning(
                "at_bound", "a parameter of the law is at its bound: the data do not determine it"
            )
        )
    if drawn.fit is not None and len(train.models) - drawn.fit.free < 3:
        found.append(
            ForecastWarning(
                "ill_conditioned", "fewer than 3 models more than the law has parameters: its fit is loose"
            )
        )
    return found


def _data_digest(train: Losses) -> str:
    """SHA-256 of the training models: names, FLOPs, N, D, and the column."""
    content = [
        train.models,
        [known_or_none(compute[:3]) for compute in train.compute],
        train.column,
        train.loss.tolist(),
    ]
    return hashlib.sha256(canonical(content).encode()).hexdigest()
