"""From pass counts to pass@k with intervals.

A problem with n samples, c of them passing, gives the unbiased 1 - C(n-c, k) / C(n, k) (Chen et al., arXiv
2107.03374, eq. 1); a set's pass@k is the mean over its problems. Samples of one problem are not
independent evidence about the set, so errors are taken over problems (Miller, arXiv 2411.00640, section
2.2: the standard error of question means). `interval` says where we depart from Miller.
"""

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from evaluator.errors import UsageError

__all__ = [
    "METHOD",
    "Count",
    "PassAtK",
    "estimate_pass_at_k",
    "interval",
    "jackknife_variance",
    "pass_at_k",
    "problems_short_of",
    "t_quantile",
]

METHOD = (
    "95% Wilson score interval at the effective sample size p(1-p)/SE^2, where SE is the standard error over "
    "problems (clustered; arXiv 2411.00640); Student's t with problems - 1 degrees of freedom"
)
_MANY_DEGREES: Final = 1000


class Count(NamedTuple):
    """Samples of one problem: n scored, c of them passed."""

    n: int
    c: int


@dataclass(frozen=True, slots=True)
class PassAtK:
    """pass@k of a problem set with its 95% interval and standard errors.

    Attributes:
        k: samples of which one must pass.
        mean: over the problems, in 0..1.
        low: lower end of the 95% interval, problems being a sample of all such problems.
        high: its upper end.
        standard_error: of the mean over problems; what `low` and `high` come from. None for one problem.
        sampling_error: standard error if these problems are all there are, so that only the model's
            sampling varies; None where a problem has too few samples to tell (n <= k).
    """

    k: int
    mean: float
    low: float
    high: float
    standard_error: float | None
    sampling_error: float | None


def estimate_pass_at_k(n: int, c: int, k: int) -> float:
    """Return the unbiased estimate of pass@k from n samples of which c passed: 1 - C(n-c, k) / C(n, k).

    The quotient is a product of min(c, k) factors in 0..1, so it neither overflows nor cancels.

    Raises:
        UsageError: not 0 <= c <= n or not 1 <= k <= n.

    >>> estimate_pass_at_k(5, 2, 1)
    0.4
    """
    if not (0 <= c <= n and 1 <= k <= n):
        raise UsageError(f"pass@{k} of {c} passes in {n} samples: needs 0 <= c <= n and 1 <= k <= n")
    if n - c < k:
        return 1.0
    few, many = sorted((c, k))
    return 1.0 - math.prod((n - many - i) / (n - i) for i in range(few))


def problems_short_of(counts: Mapping[str, Count], k: int) -> list[str]:
    """Return the problems with fewer than k samples; pass@k is reported only if there are none."""
    return [task_id for task_id, count in counts.items() if count.n < k]


def pass_at_k(counts: Sequence[Count], k: int) -> PassAtK:
    """Return a problem set's pass@k with its interval.

    Raises:
        UsageError: there are no problems, or one has fewer than k samples.
    """
    if not counts:
        raise UsageError(f"pass@{k} of no problems")
    values = [estimate_pass_at_k(n, c, k) for n, c in counts]
    mean = math.fsum(values) / len(values)
    error = statistics.stdev(values, mean) / math.sqrt(len(values)) if len(values) > 1 else None
    low, high = interval(mean, error, problems=len(values), samples=sum(count.n for count in counts))
    return PassAtK(k, mean, low, high, error, _sampling_error(counts, k))


def interval(mean: float, error: float | None, *, problems: int, samples: int) -> tuple[float, float]:
    """Return a 95% interval for a proportion measured on clusters, here problems.

    Miller's mean +- 1.96 SE leaves 0..1 and shrinks to nothing where every problem passes or none does, and
    it is too short below a few hundred problems (arXiv 2503.01747). Instead: Wilson's score interval
    (J. Am. Stat. Assoc. 22, 1927) at the sample size that would give this SE with independent trials, as
    survey statistics do for clusters (Korn and Graubard, Surv. Methodol. 24, 1998). Between one trial a
    sample and one a problem, the latter where SE is zero at 0 or 1.
    """
    spread = mean * (1.0 - mean)
    trials = float(problems)
    if spread > 0.0 and error is not None:
        trials = min(max(spread / error**2, 1.0), float(samples)) if error > 0.0 else float(samples)
    quantile = t_quantile(problems - 1) if problems > 1 else t_quantile(1)
    factor = quantile**2 / trials
    centre = (mean + factor / 2.0) / (1.0 + factor)
    half = quantile * math.sqrt(spread / trials + factor / (4.0 * trials)) / (1.0 + factor)
    return max(0.0, centre - half), min(1.0, centre + half)


def _sampling_error(counts: Sequence[Count], k: int) -> float | None:
    if any(n <= k for n, _ in counts):
        return None
    return math.sqrt(math.fsum(jackknife_variance(n, c, k) for n, c in counts)) / len(counts)


def jackknife_variance(n: int, c: int, k: int) -> float:
    """Return the variance of a problem's estimate from leaving samples out: c(n-c) / (n^2 (n-1)) for k = 1.

    Needs n > k.
    """
    without_pass = estimate_pass_at_k(n - 1, c - 1, k) if c else 0.0
    without_failure = estimate_pass_at_k(n - 1, c, k) if c < n else 0.0
    share = c / n
    return (n - 1) * share * (1.0 - share) * (without_pass - without_failure) ** 2


def t_quantile(degrees: int) -> float:
    """Return the 97.5% quantile of Student's t.

    Where it is long, the sum below is left for Cornish and Fisher's expansion, then right to eleven digits
    (Abramowitz and Stegun, 26.7.5). Importing scipy for it takes longer than judging a small file.
    """
    if degrees > _MANY_DEGREES:
        z = statistics.NormalDist().inv_cdf(0.975)
        first, second = (z**3 + z) / 4, (5 * z**5 + 16 * z**3 + 3 * z) / 96
        third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
        return z + first / degrees + second / degrees**2 + third / degrees**3
    low, high = 0.0, math.pi / 2
    for _ in range(60):
        angle = (low + high) / 2
        low, high = (angle, high) if _share_within(angle, degrees) < 0.95 else (low, angle)
    return math.tan(low) * math.sqrt(degrees)


def _share_within(angle: float, degrees: int) -> float:
    """Return P(|t| < sqrt(degrees) tan(angle)), a finite sum (Abramowitz and Stegun, 26.7.3 and 26.7.4)."""
    odd = degrees % 2
    cosine, total = math.cos(angle), 0.0
    term = cosine if odd else 1.0
    for number in range(1 + odd, degrees + odd, 2):
        total += term
        term *= cosine**2 * number / (number + 1)
    total *= math.sin(angle)
    return 2 / math.pi * (angle + total) if odd else total
