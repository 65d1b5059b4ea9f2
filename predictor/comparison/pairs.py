"""Counts of two models on the problems that both have samples of, and their differences of pass@k."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from predictor.arrays import Floats, Integers
from predictor.errors import ForecastError
from predictor.estimators import pass_at_k
from predictor.tables.records import TableLike
from predictor.tables.sample_counts import SampleCounts

__all__ = ["PairedCounts", "curve_ks", "pair_counts", "pass_at_ks"]

MOST_KS = 256


class PairedCounts(NamedTuple):
    """Two models on I common problems, in the order of the first; every n is at least 1."""

    a: SampleCounts
    b: SampleCounts

    @property
    def fewest(self) -> int:
        """The smallest number of samples of a problem in either model."""
        return int(min(self.a.samples.min(), self.b.samples.min()))

    def differences(self, ks: Sequence[int]) -> Floats:
        """Unbiased pass@k of b less that of a, for each problem, shape (I, K); needs every n >= k."""
        return pass_at_ks(self.b.passes, self.b.samples, ks) - pass_at_ks(self.a.passes, self.a.samples, ks)


def pair_counts(a: SampleCounts | TableLike, b: SampleCounts | TableLike) -> PairedCounts:
    """Pair two models over the problems that both were sampled on.

    Each is one model's counts, or a path, a data frame or a list of dictionaries with `task_id, n, c`.

    Raises:
        TableError: a table is malformed, or holds several models.
        ForecastError: they have no problem in common.
    """
    a, b = SampleCounts.of(a), SampleCounts.of(b)
    place = {task: number for number, task in enumerate(b.problems) if b.samples[number]}
    here = [number for number, task in enumerate(a.problems) if a.samples[number] and task in place]
    if not here:
        raise ForecastError(f"{a.model or 'a'} and {b.model or 'b'} have no problem in common")
    there = [place[a.problems[number]] for number in here]
    return PairedCounts(_select(a, here), _select(b, there))


def pass_at_ks(passes: Integers, samples: Integers, ks: Sequence[int]) -> Floats:
    """Unbiased pass@k of every problem at every k, shape (I, K).

    Raises:
        ValueError: some n is below some k.
    """
    return np.stack([pass_at_k(passes, samples, k) for k in ks], axis=1)


def curve_ks(fewest: int) -> tuple[int, ...]:
    """Every k from 1 to `fewest`, or 256 of them, evenly spaced in log k, if there are more."""
    if fewest <= MOST_KS:
        return tuple(range(1, fewest + 1))
    return tuple(int(k) for k in np.unique(np.round(np.geomspace(1, fewest, MOST_KS))))


def _select(counts: SampleCounts, rows: Sequence[int]) -> SampleCounts:
    return SampleCounts(
        counts.model, tuple(counts.problems[row] for row in rows), counts.passes[rows], counts.samples[rows]
    )
