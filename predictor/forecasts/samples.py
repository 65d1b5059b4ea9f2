"""pass@k beyond the samples: from n samples a problem to any k, and how many samples a coverage needs.

Every number comes from one set of draws of the problems' pass rates, so that within a draw pass@k never
falls with k.
"""

import importlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.special import gammaln, xlog1py, xlogy

from predictor.arrays import Floats
from predictor.errors import ForecastError
from predictor.estimators import pass_at_k
from predictor.forecasts.canonical import CODE_VERSION, digest
from predictor.forecasts.result import Estimate, ForecastWarning
from predictor.laws.solve_rates.mixture import MEMBERS, RateDraws, SolveRates, fit_solve_rates
from predictor.presentation import data_frame, html_table, percent, percent_range, plural, shown
from predictor.scores import LEVELS
from predictor.tables.records import TableLike
from predictor.tables.sample_counts import SampleCounts

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

__all__ = [
    "CoverageNeed",
    "Member",
    "MoreOfProblem",
    "SamplesForecast",
    "forecast_samples",
    "own_forecasts",
    "refuse",
    "warnings_of",
]

LARGEST_K = 1_000_000
FEWEST_PROBLEMS, FEW_PROBLEMS, FEW_SAMPLES, FEW_SOLVED, FAR, APART = 5, 30, 8, 5, 50, 0.1
DRAWS, MEMBER_DRAWS, CURVE_POINTS = 2000, 400, 60


class Member(NamedTuple):
    """One member: its weight, its held-back score less the best one's in nats, its own median of pass@k."""

    weight: float
    score: float
    pass_at: Mapping[int, float]


class CoverageNeed(NamedTuple):
    """Samples a problem for a wanted coverage: median and intervals; None where the coverage is not reached.

    `never` is the share of draws that do not reach it within a million samples.
    """

    coverage: float
    samples: int | None
    intervals: Mapping[int, tuple[int | None, int | None]]
    never: float

    def to_json(self) -> dict[str, object]:
        """Null stands for more than a million samples, perhaps never."""
        return {
            "coverage": self.coverage,
            "samples": self.samples,
            "intervals": {str(level): list(pair) for level, pair in self.intervals.items()},
            "never": self.never,
        }


class MoreOfProblem(NamedTuple):
    """As many samples again of one problem, and the part of the problems' variance that they remove.

    It is the part of the sum over all problems of each one's own variance of pass@k.
    """

    task_id: str
    samples: int
    passes: int
    more: int
    variance_removed: float


@dataclass(frozen=True, slots=True, repr=False)
class SamplesForecast:
    """pass@k of one model on these problems.

    Attributes:
        samples: the smallest and the largest n of a problem.
        solved: problems with at least one pass.
        pass_at: k -> median and intervals of the mean pass@k over the problems.
        unbiased: k -> the unbiased estimate from the samples, where every problem has k of them.
        curve, observed: the same two at about 60 k from 1 to the largest, for figures.
        need: None unless a coverage was asked for.
        next_samples: the problems to sample next for the largest k, the most useful first.
        task_ids: the problems, as the table names them.
    """

    model: str
    problems: int
    samples: tuple[int, int]
    solved: int
    pass_at: Mapping[int, Estimate]
    unbiased: Mapping[int, float]
    curve: Mapping[int, Estimate]
    observed: Mapping[int, float]
    need: CoverageNeed | None
    members: Mapping[str, Member]
    next_samples: tuple[MoreOfProblem, ...]
    warnings: tuple[ForecastWarning, ...]
    seed: int
    task_ids: tuple[str, ...] = ()

    def record(self) -> dict[str, object]:
        """What is registered: all but the curve and the number of problems; an outcome is `pass@K`."""
        known = max(self.pass_at) <= self.samples[0]
        return {
            "kind": "samples",
            "method": "mixture",
            "model": self.model or None,
            "target": {"name": self.model or None, "flops": None},
            "overall": {f"pass@{k}": estimate.to_json() for k, estimate in self.pass_at.items()},
            "task_ids": list(self.task_ids),
            "samples": list(self.samples),
            "solved": self.solved,
            "pass_at": {str(k): estimate.to_json() for k, estimate in self.pass_at.items()},
            "unbiased": {str(k): value for k, value in self.unbiased.items()},
            "coverage": self.need.to_json() if self.need else None,
            "members": {
                name: {
                    "weight": member.weight,
                    "score": member.score,
                    "pass_at": {str(k): value for k, value in member.pass_at.items()},
                }
                for name, member in self.members.items()
            },
            "next_samples": [each._asdict() for each in self.next_samples],
            "warnings": [warned._asdict() for warned in self.warnings],
            "settings": {"seed": self.seed, "draws": DRAWS, "outcome_in_table": known},
            "code": CODE_VERSION,
        }

    def to_json(self) -> dict[str, object]:
        """All of it but the curve, and the record's SHA-256; pass@k are shares, not per cent."""
        return self.record() | {"problems": self.problems, "record_sha256": digest(self.record())}

    def to_pandas(self) -> "pd.DataFrame":
        """Return a data frame with a row for each k: `k`, `point`, `low_L`, `high_L`, and `unbiased`.

        Raises:
            MissingExtraError: pandas is not installed.
        """
        return data_frame(
            [
                {"k": k, **estimate.columns(), "unbiased": self.unbiased.get(k)}
                for k, estimate in self.pass_at.items()
            ]
        )

    def plot(self) -> "Figure":
        """Return a figure: pass@k over k with its intervals, and the unbiased estimates.

        Raises:
            MissingExtraError: matplotlib is not installed.
        """
        figure: Figure = importlib.import_module("predictor.plots.results").samples_figure(self)
        return figure

    def __repr__(self) -> str:
        found = ", ".join(f"pass@{k:,} {each.as_percent()}" for k, each in list(self.pass_at.items())[:3])
        more = f" and {len(self.pass_at) - 3} more" if len(self.pass_at) > 3 else ""
        return f"SamplesForecast({self._about()}: {found}{more})"

    def _repr_html_(self) -> str:
        rows = [
            (
                f"{k:,}",
                percent(estimate.point),
                *(percent_range(*pair) for pair in estimate.intervals.values()),
                percent(self.unbiased[k]) if k in self.unbiased else "",
            )
            for k, estimate in self.pass_at.items()
        ]
        heads = ("k", "pass@k", *(f"{level}% interval" for level in LEVELS), "unbiased estimate")
        notes = [f"Warning: {warned.message}." for warned in self.warnings]
        return html_table(f"Forecast of pass@k: {self._about()}", heads, rows, notes)

    def _about(self) -> str:
        name = f"{shown(self.model, 60)}, " if self.model else ""
        fewest, most = self.samples
        each = f"{fewest:,}" if fewest == most else f"{fewest:,} to {most:,}"
        return f"{name}{plural(self.problems, 'problem')} with {each} samples each, {self.solved:,} solved"


def forecast_samples(
    counts: SampleCounts | TableLike,
    ks: Sequence[int] = (1000,),
    *,
    coverage: float | None = None,
    seed: int = 0,
) -> SamplesForecast:
    """Forecast one model's mean pass@k on the problems of `counts`.

    Args:
        counts: one model's counts, or a path, a data frame or a list of dictionaries with `task_id, n, c`.
        ks: the k of the pass@k wanted.
        coverage: also say how many samples a problem this mean pass@k needs, a share between 0 and 1.
        seed: of every random choice.

    Raises:
        TableError: the table is malformed, or holds several models.
        ForecastError: a k below 1 or above a million, a coverage outside 0 to 1, or counts that say
            nothing about k beyond the samples: fewer than 5 problems, one sample of each, no pass at all.
    """
    counts = SampleCounts.of(counts)
    ks = tuple(sorted(set(ks)))
    refuse(counts, ks, coverage)
    rng = np.random.default_rng(seed)
    rates = fit_solve_rates(counts.passes, counts.samples, rng)
    draws = rates.draws(DRAWS, rng)
    at = draws.share @ rates.grid.pass_at(ks)
    pass_at = {k: Estimate.from_draws(at[:, number]) for number, k in enumerate(ks)}
    members = own_forecasts(rates, ks, rng)
    fewest, most = int(counts.samples.min()), int(counts.samples.max())
    drawn = tuple(int(k) for k in np.unique(np.round(np.geomspace(1, max(ks[-1], fewest), CURVE_POINTS))))
    along = draws.share @ rates.grid.pass_at(drawn)
    return SamplesForecast(
        model=counts.model,
        problems=len(counts.problems),
        samples=(fewest, most),
        solved=int(np.sum(counts.passes > 0)),
        pass_at=pass_at,
        unbiased=_unbiased(counts, ks),
        curve={k: Estimate.from_draws(column) for k, column in zip(drawn, along.T, strict=True)},
        observed=_unbiased(counts, drawn),
        need=None if coverage is None else _need(rates, draws, coverage),
        members=members,
        next_samples=_next_samples(counts, rates, draws, ks[-1]),
        warnings=tuple(warnings_of(counts, ks, members)),
        seed=seed,
        task_ids=counts.problems,
    )


def _unbiased(counts: SampleCounts, ks: Sequence[int]) -> dict[int, float]:
    """Return the estimates of those k that every problem has samples for."""
    fewest = int(counts.samples.min())
    return {k: float(pass_at_k(counts.passes, counts.samples, k).mean()) for k in ks if k <= fewest}


def own_forecasts(rates: SolveRates, ks: Sequence[int], rng: np.random.Generator) -> dict[str, Member]:
    """Return what each member would forecast alone, and its weight."""
    members = {}
    for name in MEMBERS:
        own = rates.draws(MEMBER_DRAWS, rng, [name]).share @ rates.grid.pass_at(ks)
        medians = dict(zip(ks, np.median(own, axis=0).tolist(), strict=True))
        members[name] = Member(rates.weights[name], rates.scores[name], medians)
    return members


def refuse(counts: SampleCounts, ks: tuple[int, ...], coverage: float | None = None) -> None:
    """Refuse counts and k of which nothing can be said.

    Raises:
        ForecastError: see `forecast_samples`.
    """
    name = f"{counts.model}: " if counts.model else ""
    if not ks or ks[0] < 1 or ks[-1] > LARGEST_K:
        wrong = "no k" if not ks else f"k = {ks[0] if ks[0] < 1 else ks[-1]}"
        raise ForecastError(f"{wrong}; give k from 1 to {LARGEST_K:,}")
    if coverage is not None and not 0 < coverage < 1:
        raise ForecastError(f"coverage {coverage:g} is no share of the problems; give one between 0 and 1")
    if len(counts.problems) < FEWEST_PROBLEMS:
        raise ForecastError(
            f"{name}{len(counts.problems)} problem(s) do not show how pass rates spread; give at least "
            f"{FEWEST_PROBLEMS}"
        )
    if counts.samples.max() < 2:
        raise ForecastError(
            f"{name}one sample a problem does not show how pass rates spread; take at least 2, better "
            "16 or more"
        )
    if counts.passes.sum() == 0:
        raise ForecastError(
            f"{name}no sample passed, so nothing tells rare passes from none; take more samples"
        )


def _need(rates: SolveRates, draws: RateDraws, coverage: float) -> CoverageNeed:
    """Return the smallest k at which draws reach the coverage, log-linear between 241 k up to a million."""
    ks = np.unique(np.round(np.geomspace(1, LARGEST_K, 241)))
    at = draws.share @ rates.grid.pass_at(ks)
    reached = at >= coverage
    place = np.where(reached.any(axis=1), reached.argmax(axis=1), len(ks))
    right = np.clip(place, 1, len(ks) - 1)
    row = np.arange(len(at))
    low, high = at[row, right - 1], at[row, right]
    part = np.clip((coverage - low) / np.maximum(high - low, 1e-12), 0, 1)
    log_k = np.log(ks[right - 1]) + part * (np.log(ks[right]) - np.log(ks[right - 1]))
    needed = np.where(place == 0, 1.0, np.where(place == len(ks), np.inf, np.ceil(np.exp(log_k) - 1e-9)))

    def at_share(share: float) -> int | None:
        value = float(np.quantile(needed, share, method="higher"))
        return int(value) if np.isfinite(value) else None

    intervals = {level: (at_share(0.5 - level / 200), at_share(0.5 + level / 200)) for level in LEVELS}
    return CoverageNeed(coverage, at_share(0.5), intervals, float(np.mean(~reached.any(axis=1))))


def _next_samples(
    counts: SampleCounts, rates: SolveRates, draws: RateDraws, k: int
) -> tuple[MoreOfProblem, ...]:
    """By how much as many samples again of each problem are expected to lower the variance of pass@k."""
    value = rates.grid.pass_at([k])[:, 0]
    removed = np.array(
        [
            _variance_removed(posterior, value, rates.grid.rate, int(n))
            for posterior, n in zip(draws.by_kind, rates.cells.samples, strict=True)
        ]
    )
    total = float(np.sum(rates.cells.problems * _variance(draws.by_kind, value)))
    share = (removed / total if total > 0 else removed)[rates.cells.kind]
    order = np.argsort(-share, kind="stable")
    return tuple(
        MoreOfProblem(
            counts.problems[i],
            int(counts.samples[i]),
            int(counts.passes[i]),
            int(counts.samples[i]),
            float(share[i]),
        )
        for i in order
        if share[i] > 1e-6
    )


def _variance(posterior: Floats, value: Floats) -> Floats:
    return np.asarray(np.maximum(posterior @ value**2 - (posterior @ value) ** 2, 0))


def _variance_removed(posterior: Floats, value: Floats, rate: Floats, more: int) -> float:
    """Variance of E[pass@k | passes among `more` further samples]: what is expected to go."""
    passed = np.arange(more + 1)
    ways = gammaln(more + 1) - gammaln(passed + 1) - gammaln(more - passed + 1)
    chance = np.exp(ways + xlogy(passed, rate[:, None]) + xlog1py(more - passed, -rate[:, None]))
    outcome = posterior @ chance
    given = (posterior * value) @ chance
    spread = np.sum(given**2 / np.maximum(outcome, 1e-300)) - (posterior @ value) ** 2
    return max(float(spread), 0.0)


def warnings_of(
    counts: SampleCounts, ks: tuple[int, ...], members: Mapping[str, Member]
) -> list[ForecastWarning]:
    """Return what makes a forecast from these counts doubtful."""
    found = []
    fewest, solved, problems = (
        int(counts.samples.min()), int(np.sum(counts.passes > 0)), len(counts.problems)
    )  # fmt: skip
    if problems < FEW_PROBLEMS:
        found.append(
            ForecastWarning("few_problems", f"{problems} problems hardly show how pass rates spread")
        )
    if fewest < FEW_SAMPLES:
        found.append(ForecastWarning("few_samples", f"some problem has only {fewest} sample(s)"))
    if solved < FEW_SOLVED:
        found.append(ForecastWarning("few_solved", f"only {solved} problem(s) were solved at all"))
    if ks[-1] > FAR * fewest:
        found.append(
            ForecastWarning(
                "far_beyond",
                f"k = {ks[-1]:,} is more than {FAR} times the {fewest} samples; back-tests went to 62 times",
            )
        )
    medians = [member.pass_at[ks[-1]] for member in members.values() if member.weight >= 0.05]
    if max(medians) - min(medians) > APART:
        found.append(
            ForecastWarning(
                "members_disagree",
                f"members of weight put pass@{ks[-1]} from {min(medians):.0%} to {max(medians):.0%}",
            )
        )
    return found
