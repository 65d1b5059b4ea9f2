"""Back-tests `passlaw forecast samples`: n samples of each problem, drawn from many, forecast pass@1000.

    PASSLAW_SHARED_DATA=FOLDER python benchmarks/pass_at_k.py [--table T] [--models M] [--repeats R]

Prints the tables of docs/passk.md. The public tables are data that this project does not ship. The outcome is the
unbiased estimate of pass@1000 (pass@N where a model has fewer than 1,000 samples) from all samples of the table; the
forecast is of what that estimate will show, so its draws get the estimate's own sampling noise. Simulated sets are
scored on their true pass@1000 instead.
"""

import argparse
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from backtest_pages import print_warned
from scipy.special import expit, gammaln
from scipy.stats import binom

from predictor import SampleCounts, read_sample_counts
from predictor.estimators import pass_at_k
from predictor.forecasts.samples import own_forecasts, warnings_of
from predictor.laws.solve_rates.mixture import MEMBERS, SolveRates, fit_solve_rates
from predictor.scores import LEVELS, crps, interval

TABLES = {
    "HumanEval+": ("counts_highk_t07.csv.gz", "counts_highk_humanevalplus.csv.gz"),
    "MATH, Pythia": ("counts_math_pythia_n10000.csv",),
}
TAKEN, K, DRAWS, FIRST_SEED = (16, 64, 128), 1000, 500, 7000
MIXTURE = "mixture"


class Score(NamedTuple):
    """One method on one set: signed error, CRPS, and inside which intervals."""

    group: str
    taken: int
    method: str
    error: float
    crps: float
    inside: tuple[bool, ...]
    warned: frozenset[str]


def main() -> None:
    """Print one table for the public sets and one for the simulated ones."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--models", type=int, default=29, help="models of each public table")
    parser.add_argument(
        "--repeats", type=int, default=2, help="random subsets of samples, of the smaller table"
    )
    parser.add_argument("--table", choices=list(TABLES), help="this public table alone")
    parser.add_argument("--simulated", type=int, default=12, help="sets of each simulated truth")
    parser.add_argument("--seed", type=int, default=FIRST_SEED, help="of the simulated sets")
    given = parser.parse_args()
    if "PASSLAW_SHARED_DATA" in os.environ:
        folder = Path(os.environ["PASSLAW_SHARED_DATA"])
        found = list(public_scores(folder, given.table, given.models, given.repeats))
        print_table(found, (MIXTURE, *MEMBERS))
        print_coverage(found)
    simulated = list(simulated_scores(given.simulated, given.seed))
    print_table(simulated, (MIXTURE,))
    print_coverage(simulated)


def public_scores(folder: Path, only: str | None, models: int, repeats: int) -> Iterator[Score]:
    """Every model, every n, every method."""
    for group, names in TABLES.items():
        if only not in {None, group}:
            continue
        path = next(folder / name for name in names if (folder / name).exists())
        tables = read_sample_counts(path)[:models]
        for number, table in enumerate(tables):
            for repeat in range(1 if len(tables) > 10 else repeats):
                for taken in TAKEN:
                    rng = np.random.default_rng([FIRST_SEED, number, repeat, taken])
                    some = rng.hypergeometric(table.passes, table.samples - table.passes, taken)
                    k = min(K, int(table.samples.min()))
                    outcome = float(pass_at_k(table.passes, table.samples, k).mean())
                    rates = fit_solve_rates(some, np.full(len(some), taken), rng)
                    yield from scored(
                        group, some, rates, (k, outcome), rng, measured=int(table.samples.min())
                    )


def simulated_scores(sets: int, seed: int) -> Iterator[Score]:
    """Sets of 164 problems whose rates are known, from truths inside and outside the families."""
    for kind in ("beta", "zero-inflated beta", "power tail", "two logit-normals", "never or logit-normal"):
        for number in range(sets):
            for taken in (16, 64):
                rng = np.random.default_rng([seed, number, taken, len(kind)])
                rate = truth(kind, rng)
                passes = rng.binomial(taken, rate)
                if passes.sum() == 0:
                    continue
                rates = fit_solve_rates(passes, np.full(len(rate), taken), rng)
                outcome = float(np.mean(-np.expm1(K * np.log1p(-np.minimum(rate, 1 - 1e-12)))))
                yield from scored(kind, passes, rates, (K, outcome), rng, methods=(MIXTURE,))


def truth(kind: str, rng: np.random.Generator, problems: int = 164) -> np.ndarray:
    """Pass rates of one simulated set; the truth's own parameters are drawn too."""
    if kind == "beta":
        return rng.beta(rng.uniform(0.15, 0.8), rng.uniform(0.5, 4), problems)
    if kind == "zero-inflated beta":
        never = rng.random(problems) < rng.uniform(0.05, 0.4)
        return np.where(never, 0.0, rng.beta(rng.uniform(0.4, 2), rng.uniform(0.5, 4), problems))
    if kind == "power tail":
        tail = rng.random(problems) ** (1 / rng.uniform(0.15, 0.5))
        return np.where(rng.random(problems) < rng.uniform(0.2, 0.6), tail, rng.beta(3, 1.5, problems))
    if kind == "two logit-normals":
        low = rng.normal(rng.uniform(-8, -4), 1.5, problems)
        high = rng.normal(rng.uniform(0, 3), 1.5, problems)
        return expit(np.where(rng.random(problems) < rng.uniform(0.2, 0.7), low, high))
    alive = expit(rng.normal(rng.uniform(-4, 1), rng.uniform(1, 3), problems))
    return np.where(rng.random(problems) < rng.uniform(0.05, 0.4), 0.0, alive)


def scored(
    group: str,
    passes: np.ndarray,
    rates: SolveRates,
    wanted: tuple[int, float],
    rng: np.random.Generator,
    *,
    measured: int | None = None,
    methods: Sequence[str] = (MIXTURE, *MEMBERS),
) -> Iterator[Score]:
    """Score each method's draws, as the unbiased estimate from `measured` samples would show them."""
    k, outcome = wanted
    taken = int(rates.cells.samples[0])
    names = tuple(str(number) for number in range(len(passes)))
    counts = SampleCounts("", names, passes, np.full(len(passes), taken))
    # A generator of its own, so that the digits of the draws do not depend on the warnings.
    members = own_forecasts(rates, (k,), np.random.default_rng(FIRST_SEED))
    warned = frozenset(each.code for each in warnings_of(counts, (k,), members))
    value = rates.grid.pass_at([k])[:, 0]
    noise = None if measured is None else measurement_variance(rates.grid.rate, measured, k)
    for method in methods:
        share = rates.draws(DRAWS, rng, None if method == MIXTURE else [method]).share
        draws = share @ value
        point = float(np.median(draws))
        if noise is not None:
            draws = draws + rng.standard_normal(DRAWS) * np.sqrt(share @ noise / len(rates.cells.kind))
        spans = [interval(draws, level) for level in LEVELS]
        inside = tuple(low <= outcome <= high for low, high in spans)
        yield Score(group, taken, method, point - outcome, crps(draws, outcome), inside, warned)


def measurement_variance(rate: np.ndarray, samples: int, k: int) -> np.ndarray:
    """Variance of the unbiased pass@k from `samples` samples of a problem with each rate.

    The estimate differs from 1 only where at most `samples` - k passed.
    """
    passes = np.arange(min(samples - k, 400) + 1)
    failed = samples - passes
    log_none = gammaln(failed + 1) - gammaln(failed - k + 1) - gammaln(samples + 1) + gammaln(samples - k + 1)
    chance = binom.pmf(passes[None, :], samples, rate[:, None])
    none = np.exp(log_none)
    return np.maximum(chance @ none**2 - (chance @ none) ** 2, 0)


def print_table(scores: Sequence[Score], methods: Sequence[str]) -> None:
    """One row per group, n and method: mean absolute error, mean error and CRPS in points, intervals that held."""
    print("| set | n | method | forecasts | mean absolute error | mean error | CRPS | held 50 / 80 / 95% |")
    print("|---|---|---|---|---|---|---|---|")
    for group, taken in dict.fromkeys((score.group, score.taken) for score in scores):
        for method in methods:
            mine = [
                score
                for score in scores
                if (score.group, score.taken, score.method) == (group, taken, method)
            ]
            error = 100 * np.array([score.error for score in mine])
            held = " / ".join(f"{share:.0%}" for share in np.mean([score.inside for score in mine], axis=0))
            mean_crps = 100 * np.mean([score.crps for score in mine])
            print(
                f"| {group} | {taken} | {method} | {len(mine)} | {np.abs(error).mean():.1f} | {error.mean():+.1f} "
                f"| {mean_crps:.1f} | {held} |"
            )
    print(flush=True)


def print_coverage(scores: Sequence[Score]) -> None:
    """Coverage of the mixture's intervals by warning."""
    mine = [(score.group, score.warned, score.inside) for score in scores if score.method == MIXTURE]
    print_warned(mine, ("unsolved_problems", "members_disagree", "far_beyond", "few_solved"))


if __name__ == "__main__":
    main()
