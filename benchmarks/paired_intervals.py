"""How often intervals of a paired difference hold a simulated truth: Student's, and `passlaw compare`'s.

    python benchmarks/paired_intervals.py [--runs 4000]

Problems are drawn anew for each run. `differ` is the share of problems whose pass rate is another in run b.
"""

import argparse
import math

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from evaluator.metrics import compare
from evaluator.metrics.pass_at_k import Count

_CASES = [(0.01, 1), (0.05, 1), (0.05, 20), (1.0, 1), (1.0, 10)]  # share that differs, samples a problem


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=4000)
    parser.add_argument("--problems", type=int, default=164)
    arguments = parser.parse_args()
    print("| differ | samples | Student covers | mean width | ours covers | mean width |")
    print("|---|---|---|---|---|---|")
    for share, samples in _CASES:
        rng = np.random.default_rng(1)
        found = [_one(rng, share, samples, arguments.problems) for _ in range(arguments.runs)]
        cells = [f"{value:.3f}" for value in np.mean(found, axis=0)]
        print(f"| {share:.0%} | {samples} | {' | '.join(cells)} |")


def _one(rng: np.random.Generator, share: float, samples: int, problems: int) -> list[float]:
    """Whether each interval holds the true difference, and its width: Student's, then ours."""
    a = (rng.random(problems) < 0.6).astype(float) if share < 1.0 else rng.beta(0.3, 0.7, problems)
    b = np.where(rng.random(problems) < share, 1.0 - a if share < 1.0 else rng.beta(0.5, 0.5, problems), a)
    truth = share * (0.4 - 0.6) if share < 1.0 else 0.5 - 0.3
    found = compare(_drawn(rng, a, samples), _drawn(rng, b, samples))
    assert found is not None
    differences = np.array([pair.difference for pair in found.pairs])
    half = stats.t.ppf(0.975, problems - 1) * differences.std(ddof=1) / math.sqrt(problems)
    middle = differences.mean()
    student = (middle - half, middle + half)
    return [
        value
        for low, high in (student, (found.low, found.high))
        for value in (float(low <= truth <= high), high - low)
    ]


def _drawn(rng: np.random.Generator, rates: NDArray[np.float64], n: int) -> dict[str, Count]:
    return {f"t{i}": Count(n, int(c)) for i, c in enumerate(rng.binomial(n, rates))}


if __name__ == "__main__":
    main()
