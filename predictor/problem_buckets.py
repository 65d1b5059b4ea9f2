"""Which problems a forecast covers: difficulty ranks, the buckets, and the subset P.

The report drops the 15 hardest problems, splits the rest into 6 buckets by the performance of smaller models,
and keeps in each the problems that every model solved at least once.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from predictor.estimators import neg_log_pass
from predictor.tables.pass_counts import PassCounts

__all__ = ["Bucket", "ProblemBuckets", "bucket_problems", "mean_difficulty", "solved_by_all"]


class Bucket(NamedTuple):
    """Problems of similar difficulty, as column numbers of the table; bucket 1 is the easiest."""

    name: str
    problems: NDArray[np.int64]


class ProblemBuckets(NamedTuple):
    """Buckets from easy to hard, and the problems dropped as the hardest."""

    buckets: tuple[Bucket, ...]
    dropped: NDArray[np.int64]


def mean_difficulty(counts: PassCounts) -> NDArray[np.float64]:
    """Return mean T_n over the models sampled on each problem, in nats, shape (I,); inf where none was."""
    sampled = counts.samples > 0
    total = np.where(sampled, neg_log_pass(counts.passes, counts.samples).value, 0).sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(sampled.any(axis=0), total / sampled.sum(axis=0), np.inf)


def solved_by_all(counts: PassCounts) -> NDArray[np.bool_]:
    """Return P: the problems that every model solved at least once, shape (I,)."""
    return np.asarray((counts.passes > 0).all(axis=0))


def bucket_problems(counts: PassCounts, *, buckets: int = 6, drop_hardest: int = 15) -> ProblemBuckets:
    """Rank by `mean_difficulty`, set the hardest aside, cut the rest into buckets of equal size.

    Ties keep the table's order, so the same table gives the same buckets. A table that names its buckets is
    cut by them instead, easiest first, and nothing is set aside.
    """
    if counts.bucket:
        return _named(counts)
    order = np.argsort(mean_difficulty(counts), kind="stable")
    kept = order[: max(len(order) - drop_hardest, 0)]
    pieces = np.array_split(kept, buckets)
    named = tuple(
        Bucket(f"{number} of {buckets}", np.sort(piece))
        for number, piece in enumerate(pieces, start=1)
        if len(piece)
    )
    return ProblemBuckets(named, np.sort(order[len(kept) :]))


def _named(counts: PassCounts) -> ProblemBuckets:
    difficulty, name_of = mean_difficulty(counts), np.array(counts.bucket)
    groups = [(name, np.flatnonzero(name_of == name)) for name in dict.fromkeys(counts.bucket)]
    groups.sort(key=lambda group: float(difficulty[group[1]].mean()))
    return ProblemBuckets(
        tuple(Bucket(name, problems) for name, problems in groups), np.array([], dtype=np.int64)
    )
