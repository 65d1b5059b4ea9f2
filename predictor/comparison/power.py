"""What a comparison of two models can show: its noise by source, and the smallest difference it detects."""

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from predictor.arrays import Floats
from predictor.comparison.pairs import PairedCounts
from predictor.comparison.sampling_noise import sampling_variance
from predictor.errors import ForecastError
from predictor.forecasts.canonical import CODE_VERSION
from predictor.presentation import plural

__all__ = ["ComparisonPower", "Detectable", "compare_power"]

POWER, LEVEL, Z = 0.8, 0.95, 1.959963984540054
MORE_SAMPLES, MORE_PROBLEMS = (1, 2, 4, 10), (1, 2, 4, 10)
FEWEST_PROBLEMS = 5


@dataclass(frozen=True, slots=True)
class Detectable:
    """Smallest difference with so many problems and samples of each; `samples` is None for ever more."""

    problems: int
    samples: int | None
    difference: float


@dataclass(frozen=True, slots=True)
class ComparisonPower:
    """The noise of the difference of pass@k, b less a, and what it lets one see.

    Attributes:
        difference: as it is now.
        variance: of a problem's difference; `from_problems` + `from_samples`.
        from_problems: of the problems' true differences: how unlike the models' gains are. Below zero where
            chance makes the sampling noise look larger than the whole.
        from_samples: mean sampling variance of a problem's difference.
        sample_share: `from_samples` / `variance`, and its 95 % interval.
        detectable: the true difference that is found in 80 % of such comparisons at 5 %, two-sided, and its
            95 % interval.
        detectable_here: the same if these problems are all that matter.
        table: for more samples and more problems.
    """

    models: tuple[str, str]
    k: int
    problems: int
    samples: tuple[int, int]
    difference: float
    variance: float
    from_problems: float
    from_samples: float
    sample_share: tuple[float, float, float]
    detectable: tuple[float, float, float]
    detectable_here: float
    table: tuple[Detectable, ...]

    def to_json(self) -> dict[str, object]:
        """Return all of it as plain values, ready for JSON; shares, not percentage points."""
        return {
            "kind": "power",
            "models": {"a": self.models[0], "b": self.models[1]},
            "k": self.k,
            "problems": self.problems,
            "samples": list(self.samples),
            "difference": self.difference,
            "variance": {
                "of_a_problem": self.variance,
                "from_problems": self.from_problems,
                "from_samples": self.from_samples,
                "sample_share": self.sample_share[0],
                "sample_share_interval_95": list(self.sample_share[1:]),
            },
            "detectable": self.detectable[0],
            "detectable_interval_95": list(self.detectable[1:]),
            "detectable_on_these_problems": self.detectable_here,
            "table": [
                {"problems": each.problems, "samples": each.samples, "detectable": each.difference}
                for each in self.table
            ],
            "power": POWER,
            "level": LEVEL,
            "code": CODE_VERSION,
        }


def compare_power(pairs: PairedCounts, k: int = 1) -> ComparisonPower:
    """Split the noise of a comparison, and say which differences it can show.

    A problem's difference varies by the problem and by its samples. The second part is known without bias
    (`sampling_variance`), the first is the rest. With G problems and m samples of each, a difference of
    (t_0.975 + t_0.8) sqrt((problems + samples(m)) / G) is found in 80 % of the comparisons; t has G - 1
    degrees of freedom. It is for models whose gains are spread as these two models' are.

    Raises:
        ForecastError: fewer than 5 common problems, or fewer than 2k samples of one.
    """
    problems = len(pairs.a.problems)
    if problems < FEWEST_PROBLEMS:
        raise ForecastError(
            f"how differences spread is not known from {plural(problems, 'common problem')}; give "
            f"{FEWEST_PROBLEMS} or more"
        )
    if pairs.fewest < 2 * k:
        raise ForecastError(
            f"pass@{k} with {plural(pairs.fewest, 'sample')} of a problem: the sampling noise cannot be told "
            f"from fewer than {2 * k}; take more samples, or a smaller k"
        )
    differences = pairs.differences([k])[:, 0]
    from_mean = (differences - differences.mean()) ** 2 * problems / (problems - 1)
    noise = _noise_now(pairs, k)
    variance, samples = float(from_mean.mean()), float(noise.mean())
    sizes = np.concatenate([pairs.a.samples, pairs.b.samples])
    table = tuple(
        Detectable(g * problems, taken, _detectable(variance - samples + of_samples, g * problems))
        for taken, of_samples in _with_more_samples(pairs, k)
        for g in MORE_PROBLEMS
    )
    found = _detectable(variance, problems)
    # The interval of a variance: that of its logarithm, from the spread of the squares.
    log_error = float(from_mean.std(ddof=1)) / math.sqrt(problems) / variance if variance > 0 else 0.0
    return ComparisonPower(
        models=(pairs.a.model, pairs.b.model),
        k=k,
        problems=problems,
        samples=(int(sizes.min()), int(sizes.max())),
        difference=float(differences.mean()),
        variance=variance,
        from_problems=variance - samples,
        from_samples=samples,
        sample_share=_ratio(noise, from_mean),
        detectable=(found, found * math.exp(-Z * log_error / 2), found * math.exp(Z * log_error / 2)),
        detectable_here=float((Z + _quantile(POWER, 10**6)) * math.sqrt(max(samples, 0.0) / problems)),
        table=table,
    )


def _noise_now(pairs: PairedCounts, k: int) -> Floats:
    """Sampling variance of each problem's difference, with the samples that are there."""
    total = np.zeros(len(pairs.a.problems))
    for counts in pairs:
        for n in np.unique(counts.samples):
            mine = counts.samples == n
            total[mine] += sampling_variance(counts.passes[mine], counts.samples[mine], k, int(n))
    return total


def _with_more_samples(pairs: PairedCounts, k: int) -> list[tuple[int | None, float]]:
    """Samples a problem, in both models, their mean sampling variance; last, with no end of them."""
    found: list[tuple[int | None, float]] = []
    for more in MORE_SAMPLES:
        taken = more * pairs.fewest
        each = [sampling_variance(counts.passes, counts.samples, k, taken).mean() for counts in pairs]
        found.append((taken, float(sum(each))))
    return [*found, (None, 0.0)]


def _detectable(variance: float, problems: int) -> float:
    factor = _quantile(1 - (1 - LEVEL) / 2, problems - 1) + _quantile(POWER, problems - 1)
    return float(factor * math.sqrt(max(variance, 0.0) / problems))


def _quantile(share: float, degrees: int) -> float:
    return float(stdtrit(degrees, share))


def _ratio(part: Floats, whole: Floats) -> tuple[float, float, float]:
    """Mean of `part` over mean of `whole`, and the 95 % interval by the delta method; all cut to 0..1."""
    if whole.mean() <= 0:
        return 0.0, 0.0, 1.0
    value = part.mean() / whole.mean()
    error = (part - value * whole).std(ddof=1) / np.sqrt(len(part)) / whole.mean()
    low, middle, high = np.clip([value - Z * error, value, value + Z * error], 0, 1)
    return float(middle), float(low), float(high)
