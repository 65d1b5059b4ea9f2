"""Which model is forecast, and from which."""

from collections.abc import Sequence

import numpy as np

from predictor.arrays import Floats, Mask
from predictor.errors import ForecastError
from predictor.forecasts.estimates import Target
from predictor.presentation import plural
from predictor.tables.compute import Compute
from predictor.tables.rows import parse_quantity

__all__ = ["choose_training", "resolve_target"]


def resolve_target(
    models: tuple[str, ...], compute: tuple[Compute, ...], target: Target | str | float
) -> Target:
    """Return the target as a `Target`: a model of a table by name, else FLOPs.

    Raises:
        ForecastError: it is neither.
    """
    if isinstance(target, Target):
        return target
    if isinstance(target, str) and target in models:
        found = compute[models.index(target)]
        return Target(found.flops, target, found.params, found.tokens, found.derived)
    try:
        return Target(parse_quantity(target))
    except ValueError:
        raise ForecastError(f"unknown target {target!r}; give FLOPs, or one of {', '.join(models)}") from None


def choose_training(
    models: tuple[str, ...],
    flops: Floats,
    target: Target,
    names: Sequence[str] | None,
    max_flops: float | None,
    *,
    min_models: int = 3,
    min_levels: int = 2,
) -> Mask:
    """Return which models to train on, as a mask of shape (J,).

    Raises:
        ForecastError: an unknown name, the target itself, a target inside the training range, fewer models
        than
            `min_models`, or fewer distinct compute values than `min_levels`.
    """
    unknown = [name for name in names or () if name not in models]
    if unknown:
        raise ForecastError(f"unknown training model {unknown[0]!r}; the table has {', '.join(models)}")
    if names is not None and target.name in names:
        raise ForecastError(f"{target.name} is the target and cannot train its own forecast; leave it out")
    named = np.isin(models, list(names)) if names is not None else flops < target.flops
    chosen = named & (flops <= max_flops) if max_flops is not None else named
    inside = chosen & (flops >= target.flops)
    if inside.any():
        model = models[int(np.argmax(inside))]
        raise ForecastError(
            f"the target's {target.flops:g} FLOPs lie inside the training range: {model} has "
            f"{flops[inside][0]:g}; "
            "train on smaller models only"
        )
    if chosen.sum() < min_models:
        raise ForecastError(
            f"{plural(int(chosen.sum()), 'training model')} with less than {target.flops:g} FLOPs; give at "
            f"least {min_models}, better 5, smaller ones"
        )
    if len(np.unique(flops[chosen])) < min_levels:
        raise ForecastError(
            f"every training model has {flops[chosen][0]:g} FLOPs; a slope needs two compute values"
        )
    return np.asarray(chosen)
