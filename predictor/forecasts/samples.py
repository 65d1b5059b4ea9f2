"""pass@k beyond the samples: from n samples a problem to any k, and how many samples a coverage needs.

Every number comes from one set of draws of the problems' pass rates, so that within a draw pass@k never
falls with k.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from scipy.special import gammaln, xlog1py, xlogy

from predictor.arrays import Floats
from predictor.errors import ForecastError
from predictor.estimators import pass_at_k
from predictor.forecasts.estimates import Estimate, ForecastWarning
from predictor.forecasts.samples_result import CoverageNeed, Member, MoreOfProblem, SamplesForecast
from predictor.laws.solve_rates.mixture import MEMBERS, RateDraws, SolveRates, fit_solve_rates
from predictor.presentation import plural
from predictor.scores import LEVELS
from predictor.tables.records import TableLike
from predictor.tables.sample_counts import SampleCounts

__all__ = ["forecast_samples", "own_forecasts", "refuse", "warnings_of"]

LARGEST_K = 1_000_000
FEWEST_PROBLEMS, FEW_PROBLEMS, FEW_SAMPLES, FEW_SOLVED, FAR, APART = 5, 30, 8, 5, 50, 0.1
UNSOLVED = 0.2  # the share of problems without a pass from which k beyond the samples is warned of
DRAWS, MEMBER_DRAWS, CURVE_POINTS = 2000, 400, 60


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
        draws=DRAWS,
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
            f"{name}how pass rates spread is not known from {plural(len(counts.problems), 'problem')}; give "
            f"{FEWEST_PROBLEMS} or more"
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
        found.append(ForecastWarning("few_samples", f"some problem has only {plural(fewest, 'sample')}"))
    if solved < FEW_SOLVED:
        found.append(ForecastWarning("few_solved", f"only {plural(solved, 'problem')} solved at all"))
    if ks[-1] > fewest and problems - solved >= UNSOLVED * problems:
        half = problems - solved >= problems / 2
        part, public, simulated = ("half", 76, 57) if half else ("a fifth", 93, 41)  # docs/passk.md
        found.append(
            ForecastWarning(
                "unsolved_problems",
                f"{problems - solved} of {problems} problems have no pass, and no count tells those that "
                f"pass once in {ks[-1]:,} samples from those that never do; where {part} or "
                f"more have none, 80% intervals held {public}% of public outcomes and {simulated}% of "
                "simulated ones",
            )
        )
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
                f"laws that count in the mixture forecast pass@{ks[-1]} from {min(medians):.0%} to "
                f"{max(medians):.0%}",
            )
        )
    return found
