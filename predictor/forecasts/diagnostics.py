"""Warnings: what a reader must know before trusting a forecast."""

from collections.abc import Iterator

import numpy as np
from scipy.special import stdtr

from predictor.arrays import Floats, Mask
from predictor.errors import ForecastError
from predictor.estimators import mean_neg_log_pass
from predictor.forecasts.estimates import ForecastWarning, Target
from predictor.laws.power_law import fit_power_laws
from predictor.tables.compute import Compute
from predictor.tables.pass_counts import PassCounts

__all__ = ["capability_warnings", "compute_warnings", "discoveries", "inverse_scaling", "is_mixed"]

FALSE_DISCOVERIES = 0.05


def compute_warnings(compute: tuple[Compute, ...], target: Target) -> Iterator[ForecastWarning]:
    """Return the warnings that need only the compute of the models and the target."""
    flops = np.array([model.flops for model in compute])
    ratio = target.flops / flops.max()
    if ratio > 1000:
        yield ForecastWarning(
            "far",
            f"the target has {ratio:,.0f} times the compute of the largest training model; 1,000 is the "
            "most that has been tested",
        )
    if len(compute) < 5:
        yield ForecastWarning(
            "few_models",
            f"{len(compute)} training models: too few to estimate the scatter between models, so the "
            "intervals are wide; give 5 or more",
        )
    if flops.max() / flops.min() < 10:
        yield ForecastWarning(
            "short_range",
            f"the training models span a factor of {flops.max() / flops.min():.1f} in compute; slopes are "
            "ill-determined below 10",
        )
    if any(model.derived for model in compute) or target.derived:
        yield ForecastWarning("derived_compute", "FLOPs were derived as C = 6 N D where none were given")
    ratios = np.array([model.tokens / model.params for model in compute] + [target.tokens / target.params])
    if is_mixed(ratios):
        ratios = ratios[np.isfinite(ratios)]
        yield ForecastWarning(
            "mixed_tokens_per_parameter",
            f"tokens per parameter run from {ratios.min():,.0f} to {ratios.max():,.0f}: compute alone does "
            "not order these models",
        )


def is_mixed(tokens_per_param: Floats) -> bool:
    """Return whether the known ratios D / N differ more than threefold."""
    known = tokens_per_param[np.isfinite(tokens_per_param)]
    return len(known) > 1 and bool(known.max() / known.min() > 3)


def capability_warnings(counts: PassCounts, target: Target) -> Iterator[ForecastWarning]:
    """Return warnings of a pass-count forecast: compute, conditions, problems, slope, inverse scaling."""
    yield from compute_warnings(counts.compute, target)
    for condition in ("temperature", "prompt", "suite", "family"):
        values = sorted(set(counts.conditions.get(condition, ())))
        if len(values) > 1:
            yield ForecastWarning(
                f"mixed_{condition}",
                f"the training models differ in {condition}: {', '.join(map(repr, values))}",
            )
    solved = counts.passes.sum(axis=0)
    never = int((solved == 0).sum())
    if never:
        yield ForecastWarning(
            "never_solved",
            f"{never} of {len(solved)} problems were solved by no training model: their -log p is known "
            "only to be large, and some of them may have no solution that any model would find",
        )
    always = int((solved == counts.samples.sum(axis=0)).sum())
    if always:
        yield ForecastWarning(
            "always_solved", f"{always} problems were solved by every sample: they cannot show improvement"
        )
    missing = int((counts.samples == 0).sum())
    if missing:
        yield ForecastWarning(
            "missing_cells", f"{missing} of {counts.samples.size} model-problem pairs were not sampled"
        )
    yield from _slope(counts)
    worse = inverse_scaling(counts)
    if worse:
        yield ForecastWarning(
            "inverse_scaling", f"{len(worse)} problems get worse with compute: {', '.join(worse)}"
        )


def _slope(counts: PassCounts) -> Iterator[ForecastWarning]:
    mean = mean_neg_log_pass(counts.passes, counts.samples).value
    try:
        low, high = fit_power_laws(counts.flops, mean).k_interval(0.95)[0]
    except ForecastError:
        return
    if low <= 0:
        yield ForecastWarning(
            "slope_not_clear",
            f"the 95% interval of the slope k, {low:.3f} to {high:.3f}, touches 0: these models do not "
            "show that compute helps",
        )


def inverse_scaling(counts: PassCounts) -> tuple[str, ...]:
    """Return problems whose pass rate falls with compute, by name.

    A Cochran-Armitage trend test in log C per problem, its variance inflated by the scatter about the trend
    (Pearson's chi-square over J - 2) and judged against t_{J-2}, one-sided; Benjamini-Hochberg at 5% over
    all problems.
    """
    passes, samples = counts.passes.astype(float), np.maximum(counts.samples, 0).astype(float)
    x = np.log(counts.flops)[:, None]
    total = samples.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = passes.sum(axis=0) / total
        centred = x - (samples * x).sum(axis=0) / total
        spread = (samples * centred**2).sum(axis=0)
        slope = (centred * passes).sum(axis=0) / spread
        fitted = np.clip(rate + slope * centred, 1e-6, 1 - 1e-6)
        dispersion = (
            (passes - samples * fitted) ** 2 / np.maximum(samples * fitted * (1 - fitted), 1e-9)
        ).sum(axis=0)
        scale = np.maximum(dispersion / (len(x) - 2), 1.0)
        t = slope * np.sqrt(spread / (rate * (1 - rate) * scale))
    p_values = np.where(np.isfinite(t), stdtr(len(x) - 2, t), 1.0)
    return tuple(np.array(counts.problems)[discoveries(p_values, FALSE_DISCOVERIES)])


def discoveries(p_values: Floats, rate: float) -> Mask:
    """Return which of I tests reject, shape (I,), at a false discovery rate (Benjamini and Hochberg, 1995).

    The largest i with p_(i) I / i <= rate decides: all p-values up to it reject.
    """
    ranked = np.sort(p_values)
    under = np.flatnonzero(ranked * (len(ranked) / np.arange(1, len(ranked) + 1)) <= rate)
    return np.asarray(p_values <= (ranked[under[-1]] if len(under) else -1.0))
