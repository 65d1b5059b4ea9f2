"""Two runs side by side, paired over the problems that both have samples of."""

import math
import statistics
from collections.abc import Mapping
from dataclasses import dataclass

from evaluator.rates import Count

__all__ = ["Comparison", "Pair", "compare"]


@dataclass(frozen=True, slots=True)
class Pair:
    """A problem's pass rates in two runs."""

    task_id: str
    a: Count
    b: Count

    @property
    def difference(self) -> float:
        """Pass rate of b less that of a."""
        return self.b.c / self.b.n - self.a.c / self.a.n


@dataclass(frozen=True, slots=True)
class Comparison:
    """The difference between two runs' pass@1.

    Attributes:
        pairs: every common problem, in the order of the set.
        a, b: pass@1 over the common problems.
        low, high: 95% interval of b - a, problems being a sample of all such problems; None where fewer than
            two problems, or no spread between them, tell nothing of it.
    """

    pairs: tuple[Pair, ...]
    a: float
    b: float
    low: float | None
    high: float | None

    @property
    def difference(self) -> float:
        """pass@1 of b less that of a."""
        return self.b - self.a

    @property
    def discordant(self) -> list[Pair]:
        """Problems on which the runs differ, the largest difference first."""
        return sorted((p for p in self.pairs if p.difference), key=lambda p: -abs(p.difference))

    @property
    def better(self) -> int:
        """Problems on which b is better."""
        return sum(pair.difference > 0 for pair in self.pairs)

    @property
    def worse(self) -> int:
        """Problems on which b is worse."""
        return sum(pair.difference < 0 for pair in self.pairs)


def compare(a: Mapping[str, Count], b: Mapping[str, Count]) -> Comparison | None:
    """Compare two runs; None if they have no problem in common.

    The interval is Student's t on the paired differences (Miller, arXiv 2411.00640, section 4.2), cut to
    -1..1. Pairing takes out what makes a problem hard for both.
    """
    pairs = tuple(Pair(task, a[task], b[task]) for task in a if task in b and a[task].n and b[task].n)
    if not pairs:
        return None
    differences = [pair.difference for pair in pairs]
    low, high = _interval(differences)
    mean_a = math.fsum(pair.a.c / pair.a.n for pair in pairs) / len(pairs)
    mean_b = math.fsum(pair.b.c / pair.b.n for pair in pairs) / len(pairs)
    return Comparison(pairs, mean_a, mean_b, low, high)


def _interval(differences: list[float]) -> tuple[float | None, float | None]:
    if len(differences) < 2 or len(set(differences)) == 1:
        return None, None
    from scipy.special import stdtrit  # noqa: PLC0415 - a fifth of a second that only this page needs

    mean = statistics.fmean(differences)
    half = (
        float(stdtrit(len(differences) - 1, 0.975))
        * statistics.stdev(differences)
        / math.sqrt(len(differences))
    )
    return max(-1.0, mean - half), min(1.0, mean + half)
