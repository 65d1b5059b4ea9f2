"""The capability methods by name. Each turns a ladder of pass counts into predictive draws for one target.

A method sees the training models alone. What it gives back is draws per bucket and metric, so that any of
them can be scored, mixed or summarised the same way.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from predictor.errors import ForecastError
from predictor.estimators import expected_t, neg_log_pass, neg_log_pass_plug_in
from predictor.laws.bucket_metrics import Metric, bucket_cells
from predictor.laws.compute_axis import Axis, axis_for, by_loss, positions
from predictor.laws.hierarchical import Prior
from predictor.laws.likelihood import Link, cells_of
from predictor.laws.posterior import CONTROLLED, PUBLIC, HyperPrior, Posterior, fit_posterior
from predictor.laws.power_law import PowerLaws, fit_power_laws
from predictor.problem_buckets import Bucket
from predictor.tables.losses import Losses
from predictor.tables.pass_counts import Compute, PassCounts

__all__ = [
    "METHODS",
    "Draws",
    "Form",
    "Ladder",
    "hierarchical",
    "naive",
    "pooled",
    "report",
    "report_all",
    "report_laws",
]

Floats = NDArray[np.float64]
NEG_MEAN_LOG_PASS = "neg_mean_log_pass"  # noqa: S105  (a metric's name)
# Draws of -mean log pass beyond e^-700 are equal for every purpose, and stay finite.
LARGEST = 700.0
# Where a rate is held that a straight line takes out of its range.
LOWEST_RATE, HIGHEST_RATE = 1e-12, 1 - 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Ladder:
    """What a forecast starts from.

    Attributes:
        counts: the training models.
        target: the target's compute.
        measured_at: samples per problem at which T_n of the target would be measured; None for -log p itself.
        metrics: ks of pass@k wanted besides -mean log pass.
        size: draws wanted.
        seed: of every random choice.
    """

    counts: PassCounts
    target: Compute
    measured_at: float | None = None
    ks: tuple[int, ...] = ()
    size: int = 4000
    seed: int = 0

    def axis(self) -> Axis:
        """Equivalent compute where N and D are known of all models and the target, else FLOPs."""
        return axis_for((*self.counts.compute, self.target))

    @property
    def ceiling(self) -> float:
        """The most that T_n of the target can be, H_n."""
        return float(expected_t(np.array(LARGEST), self.measured_at))


@dataclass(frozen=True, slots=True, eq=False)
class Draws:
    """Predictive draws.

    Attributes:
        buckets: metric name -> shape (S, G): `neg_mean_log_pass` in nats, `pass@k` in 0..1.
        k: the common slope of each draw, shape (S,).
        problems: -log p of each problem, shape (S, I), from methods that speak of single problems.
        notes: what a reader of the forecast should know, by code.
        weights: share of each component, of a mixture.
    """

    buckets: Mapping[str, Floats]
    k: Floats
    problems: Floats | None = None
    notes: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    weights: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))


Method = Callable[[Ladder, tuple[Bucket, ...]], Draws]


@dataclass(frozen=True, slots=True)
class Form:
    """One form of the hierarchical law.

    Attributes:
        link: power (the report's) or logistic.
        axis: what x measures; None chooses equivalent compute where N and D are known.
        with_floor: a common floor of -log p.
        hyper: prior of the spreads.
    """

    link: Link = Link.POWER
    axis: Axis | None = Axis.FLOPS
    with_floor: bool = False
    hyper: HyperPrior = CONTROLLED


# A problem's own logit can fall faster than a benchmark's mean: its prior slope is wider.
PRIORS = {Link.POWER: Prior(), Link.LOGISTIC: Prior(k_mean=0.5, k_sd=0.4)}


def report_laws(ladder: Ladder, buckets: tuple[Bucket, ...]) -> PowerLaws:
    """The report's law of every bucket: the plug-in -mean log(c/n), least squares of log y on log C.

    Where P was chosen on other samples than these, a count may be 0 and has no logarithm: T_n then measures
    every problem of every bucket.
    """
    counts = ladder.counts
    chosen = np.concatenate([bucket.problems for bucket in buckets])
    measure = neg_log_pass_plug_in if (counts.passes[:, chosen] > 0).all() else neg_log_pass
    y = [
        measure(counts.passes[:, b.problems], counts.samples[:, b.problems]).value.mean(axis=1)
        for b in buckets
    ]
    return fit_power_laws(counts.flops, np.stack(y, axis=1), reference=ladder.target.flops)


def report(ladder: Ladder, buckets: tuple[Bucket, ...]) -> Draws:
    """Section 3.2 of the report; `buckets` must hold problems that every training model solved."""
    laws = report_laws(ladder, buckets)
    draws = laws.draws(ladder.target.flops, ladder.size, np.random.default_rng(ladder.seed))
    return Draws({NEG_MEAN_LOG_PASS: np.minimum(draws, LARGEST)}, np.full(ladder.size, laws.k.mean()))


def hierarchical(ladder: Ladder, buckets: tuple[Bucket, ...], form: Form | None = None) -> Draws:
    """The binomial law over all problems; a bucket's metrics are means over its problems' drawn rates."""
    form = form or Form()
    cells = cells_of(ladder.counts, form.link)
    x, x_target, scatter = _place(ladder, form.axis)
    posterior = fit_posterior(
        cells, x, with_floor=form.with_floor, prior=PRIORS[form.link], hyper=form.hyper, seed=ladder.seed
    )
    rng = np.random.default_rng(ladder.seed)
    prediction = posterior.predict(x_target, ladder.size, rng, scatter=scatter)
    value = np.minimum(prediction.neg_log_p, LARGEST)
    return Draws(_metrics(value, ladder, buckets), prediction.k, value, _convergence(posterior))


def rebucket(draws: Draws, ladder: Ladder, buckets: tuple[Bucket, ...]) -> Draws:
    """The same draws of single problems, summed up over other buckets."""
    assert draws.problems is not None
    return replace(draws, buckets=_metrics(draws.problems, ladder, buckets))


def _metrics(value: Floats, ladder: Ladder, buckets: tuple[Bucket, ...]) -> dict[str, Floats]:
    metrics = {NEG_MEAN_LOG_PASS: _means(expected_t(value, ladder.measured_at), buckets)}
    for k in ladder.ks:
        metrics[f"pass@{k}"] = _means(1 - (-np.expm1(-value)) ** k, buckets)
    return metrics


def pooled(ladder: Ladder, buckets: tuple[Bucket, ...], axis: Axis | None = None) -> Draws:
    """Power laws of the buckets' own metrics, partially pooled."""
    x, x_target, scatter = _place(ladder, axis)
    metrics, slopes = {}, []
    for name, k in _metric_names(ladder).items():
        cells = bucket_cells(ladder.counts, buckets, Metric(k))
        posterior = fit_posterior(cells, x, hyper=PUBLIC, seed=ladder.seed)
        prediction = posterior.predict(
            x_target, ladder.size, np.random.default_rng(ladder.seed), scatter=scatter
        )
        value = np.minimum(prediction.neg_log_p, LARGEST)
        metrics[name] = value if k == 0 else np.exp(-value)
        slopes.append(prediction.k)
    return Draws(metrics, slopes[0])


def report_all(ladder: Ladder, buckets: tuple[Bucket, ...], axis: Axis | None = None) -> Draws:
    """The report's law and its t interval, for every bucket and metric: T_n for log(c/n), nothing dropped."""
    x, x_target, _ = _place(ladder, axis)
    metrics, slopes = {}, []
    for name, k in _metric_names(ladder).items():
        cells = bucket_cells(ladder.counts, buckets, Metric(k))
        laws = fit_power_laws(np.exp(x - x_target), np.exp(cells.log_metric).T)
        value = np.minimum(laws.draws(1.0, ladder.size, np.random.default_rng(ladder.seed)), LARGEST)
        metrics[name] = np.minimum(value, ladder.ceiling) if k == 0 else np.exp(-value)
        slopes.append(float(laws.k.mean()))
    return Draws(metrics, np.full(ladder.size, slopes[0]))


def naive(ladder: Ladder, buckets: tuple[Bucket, ...], *, trend: bool) -> Draws:
    """The plain baselines, per bucket: the last model's value, or a metric linear in log C (clipped to 0..1).

    Spread: of the last value, the root mean square of past steps between neighbours; of the line, its t
    interval.
    """
    rng = np.random.default_rng(ladder.seed)
    metrics = {}
    for name, k in _metric_names(ladder).items():
        cells = bucket_cells(ladder.counts, buckets, Metric(k))
        rates = np.exp(-np.exp(cells.log_metric)).T
        drawn = _line(ladder, rates, rng) if trend else _last(ladder, rates, rng)
        metrics[name] = -np.log(np.clip(drawn, LOWEST_RATE, HIGHEST_RATE)) if k == 0 else np.clip(drawn, 0, 1)
    return Draws(metrics, np.zeros(ladder.size))


def _metric_names(ladder: Ladder) -> dict[str, int]:
    return {NEG_MEAN_LOG_PASS: 0} | {f"pass@{k}": k for k in ladder.ks}


def _last(ladder: Ladder, rates: Floats, rng: np.random.Generator) -> Floats:
    rates = np.stack([rates[rung].mean(axis=0) for rung in ladder.counts.rungs()])
    steps = np.sqrt(np.mean(np.diff(rates, axis=0) ** 2, axis=0))
    return np.asarray(rates[-1] + steps * rng.standard_normal((ladder.size, 1)))


def _line(ladder: Ladder, rates: Floats, rng: np.random.Generator) -> Floats:
    laws = fit_power_laws(ladder.counts.flops, np.exp(rates), reference=ladder.target.flops)
    return np.log(np.clip(laws.draws(ladder.target.flops, ladder.size, rng), 1e-300, 1e300))


def _means(value: Floats, buckets: tuple[Bucket, ...]) -> Floats:
    return np.stack([value[:, bucket.problems].mean(axis=1) for bucket in buckets], axis=1)


def _place(ladder: Ladder, axis: Axis | None) -> tuple[Floats, float, float]:
    """X of the models, of the target, and the target's scatter in x."""
    axis = axis or ladder.axis()
    counts = ladder.counts
    if axis is Axis.LOSS:
        if np.isnan(counts.loss).any():
            raise ForecastError(
                "the loss-mediated form needs the loss of every training model; add a column 'loss'"
            )
        return by_loss(Losses(counts.models, counts.compute, counts.loss, "loss"), ladder.target)
    x = positions((*counts.compute, ladder.target), axis)
    return x[:-1], float(x[-1]), 0.0


def _convergence(posterior: Posterior) -> Mapping[str, str]:
    failed = sum(not mode.converged for mode in posterior.modes)
    if not failed:
        return {}
    return {"not_converged": f"{failed} of {len(posterior.modes)} fits had not converged after the last step"}


METHODS: Mapping[str, Method] = MappingProxyType(
    {
        "report": report,
        "hierarchical": hierarchical,
        "hierarchical-floor": lambda ladder, buckets: hierarchical(ladder, buckets, Form(with_floor=True)),
        "hierarchical-logistic": lambda ladder, buckets: hierarchical(
            ladder, buckets, Form(Link.LOGISTIC, axis=None, hyper=PUBLIC)
        ),
        "hierarchical-equivalent": lambda ladder, buckets: hierarchical(
            ladder, buckets, Form(axis=None, hyper=PUBLIC)
        ),
        "pooled": pooled,
        "pooled-flops": lambda ladder, buckets: pooled(ladder, buckets, Axis.FLOPS),
        "loss-mediated": lambda ladder, buckets: hierarchical(ladder, buckets, Form(axis=Axis.LOSS)),
        "report-all": lambda ladder, buckets: report_all(ladder, buckets, Axis.FLOPS),
        "report-all-equivalent": report_all,
        "last-value": lambda ladder, buckets: naive(ladder, buckets, trend=False),
        "log-linear": lambda ladder, buckets: naive(ladder, buckets, trend=True),
    }
)
