"""Two models' pass@k at every k up to the samples, with simultaneous bands of their difference.

A model trained by reinforcement can be ahead at k = 1 and behind at k = 100 (Yue et al., arXiv 2504.13837).
A comparison at one k does not show that, and intervals at many k are too narrow when they are read together.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from predictor.arrays import Floats
from predictor.comparison.bands import Band, band_of_mean
from predictor.comparison.order import Ordering, ordering
from predictor.comparison.pairs import PairedCounts, curve_ks, pass_at_ks
from predictor.errors import ForecastError
from predictor.forecasts.canonical import CODE_VERSION
from predictor.forecasts.result import ForecastWarning
from predictor.scores import LEVELS

__all__ = ["CurveComparison", "compare_curves"]

FEWEST_PROBLEMS, FEW_PROBLEMS, FEW_DISCORDANT = 5, 30, 10


@dataclass(frozen=True, slots=True, eq=False)
class CurveComparison:
    """Two models' pass@k over k on the problems that both have, b less a.

    Attributes:
        models: names of a and b.
        ks: 1 to the fewest samples of a problem, all of them or 256, shape (K,).
        a, b: mean pass@k, unbiased, shape (K,).
        band: of the difference, problems being a sample of all such problems.
        order: who is ahead at which k, by `band`.
    """

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
            f"{problems} common problem(s) do not show how differences spread; give {FEWEST_PROBLEMS}"
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
        found.append(ForecastWarning("few_differ", f"the models differ on only {differ} problem(s)"))
    return found
