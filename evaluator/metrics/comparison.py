"""Two runs side by side, paired over the problems that both have samples of.

Pairing takes out what makes a problem hard for both. The differences between pass rates that are seen on
problems hold two kinds of chance: which problems the set holds, and which samples the models happened to
draw. The second alone can be made smaller with more samples, which is what `SampleSizePlan` works out.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from evaluator.errors import UsageError
from evaluator.files.wording import counted
from evaluator.metrics.pass_at_k import Count, estimate_pass_at_k, jackknife_variance, t_quantile

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["METHOD", "Comparison", "Pair", "SampleSizePlan", "compare"]

METHOD: Final = (
    "95% interval of the mean paired difference over problems (clustered; arXiv 2411.00640, section 4.2), "
    "Student's t with problems - 1 degrees of freedom, with two pseudo-pairs of opposite sign (Bonett and "
    "Price 2012)"
)
_Z: Final = 1.959963984540054  # the normal distribution's 97.5% point


@dataclass(frozen=True, slots=True)
class Pair:
    """A problem in two runs.

    Attributes:
        task_id: the problem.
        a, b: its counts.
        difference: its pass@k in b less that in a.
    """

    task_id: str
    a: Count
    b: Count
    difference: float


@dataclass(frozen=True, slots=True)
class SampleSizePlan:
    """What would tell the runs apart, should the difference stay as it is now.

    It is a plan rather than a promise: the difference itself is known only as well as its interval says.

    Attributes:
        samples: for each problem, in both runs, so that the interval over problems leaves out zero; None if
            no number does, or if too few samples are there to tell (one a problem, or k).
        samples_here: the same if these problems are all that matter.
        problems: such problems, with the samples they have now, that would do it; None for no difference.
    """

    samples: int | None
    samples_here: int | None
    problems: int | None


@dataclass(frozen=True, slots=True, repr=False)
class Comparison:
    """The difference between two runs' pass@k, b less a.

    Attributes:
        k: of pass@k.
        pairs: every common problem, in the order of a.
        a, b: pass@k over the common problems, in 0..1.
        difference: b less a.
        low, high: its 95% interval, problems being a sample of all such problems; see `METHOD`.
        sampling_error: its standard error if these problems are all there are, so that only the models'
            sampling varies; None where a problem has too few samples to tell (n <= k).
        settling: what would tell the runs apart.
    """

    k: int
    pairs: tuple[Pair, ...]
    a: float
    b: float
    difference: float
    low: float
    high: float
    sampling_error: float | None
    settling: SampleSizePlan

    @property
    def settled(self) -> bool:
        """Return whether the interval over problems leaves out zero."""
        return self.low > 0.0 or self.high < 0.0

    @property
    def here(self) -> tuple[float, float] | None:
        """Return the 95% interval of the difference on these very problems; None if no sampling noise shows.

        That includes runs in which every problem's samples all agree: they show no sampling noise, which is
        no proof that there is none.
        """
        if not self.sampling_error:
            return None
        half = _Z * self.sampling_error
        return max(-1.0, self.difference - half), min(1.0, self.difference + half)

    @property
    def discordant(self) -> list[Pair]:
        """Return the problems on which the runs differ, the largest difference first."""
        return sorted((p for p in self.pairs if p.difference), key=lambda p: -abs(p.difference))

    @property
    def better(self) -> int:
        """Return the problems on which b is better."""
        return sum(pair.difference > 0 for pair in self.pairs)

    @property
    def worse(self) -> int:
        """Return the problems on which b is worse."""
        return sum(pair.difference < 0 for pair in self.pairs)

    def as_dict(self) -> dict[str, object]:
        """Return what `passlaw compare --json` prints, apart from what the runs are."""
        settling = self.settling
        return {
            "k": self.k, "problems": len(self.pairs), "a": self.a, "b": self.b,
            "difference": self.difference, "interval": [self.low, self.high],
            "sampling_error": self.sampling_error, "interval_on_these_problems": self.here,
            "better": self.better, "worse": self.worse, "settled": self.settled,
            "would_settle": {
                "samples_per_problem": settling.samples,
                "samples_per_problem_on_these_problems": settling.samples_here,
                "problems": settling.problems,
            },
        }  # fmt: skip

    def plot(self) -> "Figure":
        """Return a figure of the problems on which the runs differ.

        Raises:
            UsageError: matplotlib is not installed, or the runs differ on no problem.
        """
        from evaluator.metrics.figures import differences_figure  # noqa: PLC0415 - matplotlib is optional

        return differences_figure([(pair.task_id, pair.difference) for pair in self.discordant], self.k)

    def __repr__(self) -> str:
        rates = f"A {self.a:.2%}, B {self.b:.2%}, B - A {_points(self.difference)}"
        interval = f"95% interval {_points(self.low)} to {_points(self.high)}"
        return (
            f"Comparison(pass@{self.k} of {counted(len(self.pairs), 'problem')}: {rates} ({interval}); "
            f"{self._told()})"
        )

    def _repr_html_(self) -> str:
        from predictor.presentation import html_table  # noqa: PLC0415 - numpy, which comparing does not need

        interval = f"{_points(self.low)} to {_points(self.high)}"
        rows = [
            ("A", f"{self.a:.2%}", ""),
            ("B", f"{self.b:.2%}", ""),
            ("B - A", f"{_points(self.difference)} points", interval),
        ]
        tied = len(self.pairs) - self.better - self.worse
        notes = [
            f"Problems on which B is better: {self.better:,}; worse: {self.worse:,}; tied: {tied:,}.",
            f"{self._told().capitalize()}.",
        ]
        title = f"{counted(len(self.pairs), 'problem')} in common"
        return html_table(title, ("", f"pass@{self.k}", "95% interval"), rows, notes)

    def _told(self) -> str:
        if not self.settled:
            return "no clear difference: the interval includes zero"
        return "B is better" if self.low > 0.0 else "A is better"


class Counted(Protocol):
    """A result with counts by problem, such as `EvaluationResult`."""

    @property
    def counts(self) -> Mapping[str, Count]:
        """Return n scored and c passed samples by task_id."""


def compare(
    a: Mapping[str, Count] | Counted, b: Mapping[str, Count] | Counted, k: int = 1
) -> Comparison | None:
    """Compare two runs by pass@k; None if they have no problem in common.

    Args:
        a: a result, or counts by task_id; problems without scored samples in either run are left out.
        b: likewise.
        k: samples of which one must pass.

    Raises:
        UsageError: a common problem has fewer than k samples in a run.
    """
    a, b = (run if isinstance(run, Mapping) else run.counts for run in (a, b))
    common = [task for task in a if task in b and a[task].n and b[task].n]
    short = [task for task in common if min(a[task].n, b[task].n) < k]
    if short:
        more = f" and {len(short) - 1:,} more problems have" if len(short) > 1 else " has"
        raise UsageError(f"pass@{k}: {short[0]:.80}{more} fewer than {k} scored samples; ask for a smaller k")
    if not common:
        return None
    rates_a = [estimate_pass_at_k(*a[task], k) for task in common]
    rates_b = [estimate_pass_at_k(*b[task], k) for task in common]
    differences = [y - x for x, y in zip(rates_a, rates_b, strict=True)]
    low, high = _interval(differences)
    noise = _Noise.of([(a[task], b[task]) for task in common], k)
    return Comparison(
        k,
        tuple(Pair(task, a[task], b[task], d) for task, d in zip(common, differences, strict=True)),
        math.fsum(rates_a) / len(common),
        math.fsum(rates_b) / len(common),
        math.fsum(differences) / len(common),
        low,
        high,
        math.sqrt(noise.now / len(common)) if noise else None,
        _settling(differences, noise),
    )


def _points(difference: float) -> str:
    return f"{100 * difference:+.2f}"


def _interval(differences: Sequence[float]) -> tuple[float, float]:
    """Return a 95% interval for the mean difference over problems like these.

    Student's interval on the differences falls far short where few problems differ: with 1% of 164 problems
    it covers 80% of the time (benchmarks/paired_intervals.py), and where none does it has no width. Bonett
    and Price (J. Educ. Behav. Stat. 37, 2012) mend that for pairs of yes and no with two pseudo-pairs, one
    for each side. Theirs differ by 1, the only difference there is; ours by the size that differences here
    have, sum d^2 / sum |d|, which is 1 for yes and no, and by 1 where there are none. With many samples they
    hardly weigh.
    """
    count = len(differences)
    size = math.fsum(map(abs, differences))
    squares = math.fsum(d * d for d in differences)
    pseudo = squares / size if size else 1.0
    mean = math.fsum(differences) / (count + 2)
    variance = (squares + 2.0 * pseudo**2) / (count + 2) - mean**2
    half = t_quantile(max(count - 1, 1)) * math.sqrt(variance / (count + 2))
    return max(-1.0, mean - half), min(1.0, mean + half)


@dataclass(frozen=True, slots=True)
class _Noise:
    """The part of a problem's variance that is due to sampling, as a mean over problems.

    Attributes:
        now: with the samples that are there.
        of_one: times the samples of each run; with m samples in both runs it is about `of_one` / m.
    """

    now: float
    of_one: float

    @classmethod
    def of(cls, pairs: Sequence[tuple[Count, Count]], k: int) -> "_Noise | None":
        if any(count.n <= k for pair in pairs for count in pair):
            return None
        variances = [(count.n, jackknife_variance(*count, k)) for pair in pairs for count in pair]
        now = math.fsum(variance for _, variance in variances) / len(pairs)
        return cls(now, math.fsum(n * variance for n, variance in variances) / len(pairs))


def _settling(differences: Sequence[float], noise: _Noise | None) -> SampleSizePlan:
    count = len(differences)
    mean = math.fsum(differences) / count
    if not mean or count < 2:
        return SampleSizePlan(None, None, None)
    variance = math.fsum((d - mean) ** 2 for d in differences) / (count - 1)
    allowed = (mean / t_quantile(count - 1)) ** 2  # the squared standard error that would do
    problems = max(2, math.ceil(variance / allowed))
    if noise is None:
        return SampleSizePlan(None, None, problems)
    left = count * allowed - max(0.0, variance - noise.now)
    here = math.ceil(noise.of_one * (_Z / mean) ** 2 / count)
    return SampleSizePlan(math.ceil(noise.of_one / left) or 1 if left > 0.0 else None, here or 1, problems)
