"""Two models' pass@k at every k up to the samples, with simultaneous bands of their difference.

A model trained by reinforcement can be ahead at k = 1 and behind at k = 100 (Yue et al., arXiv 2504.13837).
A comparison at one k does not show that, and intervals at many k are too narrow when they are read together.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from predictor.arrays import Floats
from predictor.comparison.bands import Band, band_of_mean
from predictor.comparison.order import Ordering, ordering
from predictor.comparison.pairs import PairedCounts, curve_ks, pass_at_ks
from predictor.errors import ForecastError
from predictor.forecasts.canonical import CODE_VERSION
from predictor.forecasts.estimates import ForecastWarning
from predictor.presentation import Plotted, data_frame, html_table, percent, plural, shown
from predictor.scores import LEVELS

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["CurveComparison", "band_cells", "band_rows", "compare_curves"]

FEWEST_PROBLEMS, FEW_PROBLEMS, FEW_DISCORDANT = 5, 30, 10


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class CurveComparison(Plotted):
    """Two models' pass@k over k on the problems that both have, b less a.

    Attributes:
        models: names of a and b.
        ks: 1 to the fewest samples of a problem, all of them or 256, shape (K,).
        a, b: mean pass@k, unbiased, shape (K,).
        band: of the difference, problems being a sample of all such problems.
        order: who is ahead at which k, by `band`.
    """

    _figure = "comparison_figure"

    models: tuple[str, str]
    problems: int
    fewest: int
    ks: tuple[int, ...]
    a: Floats
    b: Floats
    band: Band
    order: Ordering
    warnings: tuple[ForecastWarning, ...]
    seed: int

    @property
    def difference(self) -> Floats:
        """Unbiased difference of the means, b less a, shape (K,)."""
        return self.b - self.a

    def to_json(self) -> dict[str, object]:
        """All of it; shares, not per cent."""
        return {
            "kind": "all-k",
            "models": {"a": self.models[0], "b": self.models[1]},
            "problems": self.problems,
            "samples": self.fewest,
            "k": list(self.ks),
            "a": self.a.tolist(),
            "b": self.b.tolist(),
            "difference": self.difference.tolist(),
            "band": _ends(self.band),
            "order": self.order.order.value,
            "ahead": [
                {"first_k": each.first, "last_k": each.last, "model": each.ahead}
                for each in self.order.stretches
            ],
            "crossings": [
                {"k": each.k, "interval_95": [each.low, each.high], "ahead_after": each.ahead_after}
                for each in self.order.crossings
            ],
            "warnings": [warned._asdict() for warned in self.warnings],
            "settings": {"seed": self.seed},
            "code": CODE_VERSION,
        }

    def to_pandas(self) -> "pd.DataFrame":
        """Return a data frame with a row for each k: `k`, `a`, `b`, `difference`, and the band's ends.

        The ends are `low_L` and `high_L` for the levels 50, 80 and 95; the band is around the difference.

        Raises:
            MissingExtraError: pandas is not installed.
        """
        curves: dict[str, Sequence[float] | Floats] = {"k": self.ks, "a": self.a, "b": self.b}
        curves["difference"] = self.difference
        return data_frame(band_rows(curves, self.band))

    def __repr__(self) -> str:
        return f"CurveComparison({self._about()}: {self.order.order})"

    def _repr_html_(self) -> str:
        low, high = self.band.at(95)
        rows = [
            (
                f"{self.ks[place]:,}",
                percent(self.a[place]),
                percent(self.b[place]),
                *band_cells(self.difference[place], low[place], high[place]),
            )
            for place in _doubling(self.ks)
        ]
        notes = [f"Order over k: {self.order.order}."]
        notes += [f"The order turns at k = {each.k:,}." for each in self.order.crossings]
        notes += [f"Warning: {warned.message}." for warned in self.warnings]
        heads = ("k", "a", "b", "b - a, points", "95% band over all k")
        return html_table(f"Comparison of pass@k: {self._about()}", heads, rows, notes)

    def _about(self) -> str:
        a, b = (shown(name, 40) for name in self.models)
        problems = plural(self.problems, "problem")
        return f"a {a}, b {b}, {problems}, k up to {self.fewest:,}"


def band_rows(curves: Mapping[str, Sequence[float] | Floats], band: Band) -> list[dict[str, object]]:
    """Rows for a data frame: the curves' values at each k, and the ends of the band there."""
    columns: dict[str, Sequence[float] | Floats] = dict(curves)
    for level in LEVELS:
        columns |= dict(zip((f"low_{level}", f"high_{level}"), band.at(level), strict=True))
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def band_cells(middle: float, low: float, high: float) -> tuple[str, str]:
    """A difference and the ends of its band, in points."""
    return f"{100 * middle:+.1f}", f"{100 * low:+.1f} to {100 * high:+.1f}"


def _doubling(ks: Sequence[int]) -> list[int]:
    """Places of k = 1, 2, 4, ... and of the last k."""
    wanted = [*(2**power for power in range(20) if 2**power < ks[-1]), ks[-1]]
    return [int(np.argmin(np.abs(np.array(ks) - k))) for k in wanted]


def compare_curves(pairs: PairedCounts, *, seed: int = 0) -> CurveComparison:
    """Compare pass@k at every k up to the fewest samples of a problem.

    The paired differences of the problems hold both kinds of chance, which problems and which samples, since
    each is an unbiased estimate from samples of its own. So the covariance of the mean over all k is theirs,
    with two pseudo-problems of opposite sign, as `passlaw compare` has for one k (Bonett and Price 2012).

    Raises:
        ForecastError: fewer than 5 common problems.
    """
    problems = len(pairs.a.problems)
    if problems < FEWEST_PROBLEMS:
        raise ForecastError(
            f"how differences spread is not known from {plural(problems, 'common problem')}; give "
            f"{FEWEST_PROBLEMS} or more"
        )
    rng = np.random.default_rng(seed)
    ks = curve_ks(pairs.fewest)
    a = pass_at_ks(pairs.a.passes, pairs.a.samples, ks)
    b = pass_at_ks(pairs.b.passes, pairs.b.samples, ks)
    band = _band_over_problems(b - a, rng)
    difference = np.asarray((b - a).mean(axis=0))
    return CurveComparison(
        models=(pairs.a.model, pairs.b.model),
        problems=problems,
        fewest=pairs.fewest,
        ks=ks,
        a=np.asarray(a.mean(axis=0)),
        b=np.asarray(b.mean(axis=0)),
        band=band,
        order=ordering(ks, difference, band, problems - 1),
        warnings=tuple(_warnings(b - a)),
        seed=seed,
    )


def _band_over_problems(differences: Floats, rng: np.random.Generator) -> Band:
    """Band for problems like these.

    The pseudo-problems' size is the largest over k of sum d^2 / sum |d|, the size that differences here
    have. At k where hardly any problem differs the spread of the differences says too little: the problems
    that do differ there are rare, and may be missing from the set.
    """
    problems = len(differences)
    total = np.abs(differences).sum(axis=0)
    squares = (differences**2).sum(axis=0)
    sizes = squares[total > 0] / total[total > 0]
    size = float(sizes.max()) if len(sizes) else 1.0
    pseudo = np.full((1, differences.shape[1]), size)
    extended = np.concatenate([differences, pseudo, -pseudo])
    middle = np.asarray(extended.mean(axis=0))
    return band_of_mean(middle, (extended - middle) / len(extended), rng, degrees=problems - 1)


def _ends(band: Band) -> Mapping[str, object]:
    return {str(level): [end.tolist() for end in band.at(level)] for level in LEVELS}


def _warnings(differences: Floats) -> list[ForecastWarning]:
    found = []
    if len(differences) < FEW_PROBLEMS:
        found.append(
            ForecastWarning("few_problems", f"{len(differences)} problems: the bands rest on few of them")
        )
    differ = int(np.any(differences != 0, axis=1).sum())
    if differ < FEW_DISCORDANT:
        found.append(ForecastWarning("few_differ", f"the models differ on only {plural(differ, 'problem')}"))
    return found
