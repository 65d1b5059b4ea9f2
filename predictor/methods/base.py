"""What a capability method is given and gives back.

A method sees the training models alone. It returns draws per bucket and metric, so that any method can be
scored or summarised the same way.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from predictor.arrays import Floats, Integers
from predictor.laws.compute_axis import Axis, axis_for
from predictor.problem_buckets import Bucket, bucket_problems
from predictor.tables.compute import Compute
from predictor.tables.pass_counts import PassCounts

__all__ = [
    "LARGEST",
    "MEASURED",
    "NEG_MEAN_LOG_PASS",
    "BucketRule",
    "Buckets",
    "Draws",
    "ForecastTask",
    "Method",
    "all_problems",
    "bucket_means",
]

NEG_MEAN_LOG_PASS = "neg_mean_log_pass"  # noqa: S105  (a metric's name)
# What T_n would show of it at the training models' sample count.
MEASURED = "neg_mean_log_pass_measured"
# Draws of -mean log pass beyond e^-700 are equal for every purpose, and stay finite.
LARGEST = 700.0


@dataclass(frozen=True, slots=True, eq=False)
class ForecastTask:
    """What a forecast starts from.

    Attributes:
        counts: the training models.
        target: the target's compute.
        measured_at: samples per problem at which T_n of the target would be measured.
        ks: the pass@k wanted besides -mean log pass.
        size: number of draws wanted.
        seed: of every random choice.
    """

    counts: PassCounts
    target: Compute
    measured_at: float
    ks: tuple[int, ...] = ()
    size: int = 4000
    seed: int = 0

    def axis(self) -> Axis:
        """Return equivalent compute if N and D are known of all models and the target, else FLOPs."""
        return axis_for((*self.counts.compute, self.target))

    @property
    def metrics(self) -> Mapping[str, int]:
        """Return the k of each metric by its name, with 0 for -mean log pass."""
        return {NEG_MEAN_LOG_PASS: 0} | {f"pass@{k}": k for k in self.ks}


@dataclass(frozen=True, slots=True, eq=False)
class Draws:
    """Predictive draws.

    Attributes:
        buckets: metric name -> shape (S, G): `neg_mean_log_pass` in nats, `pass@k` in 0..1. Row s of every
            metric belongs to one draw.
        k: the common slope of each draw, shape (S,).
        problems: -log p of each problem, shape (S, I), from methods that forecast single problems.
        notes: what a reader of the forecast should know, by code.
    """

    buckets: Mapping[str, Floats]
    k: Floats
    problems: Floats | None = None
    notes: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def measured(self) -> Floats:
        """Return -mean log pass as T_n would show it, shape (S, G)."""
        return self.buckets.get(MEASURED, self.buckets[NEG_MEAN_LOG_PASS])


class BucketRule(NamedTuple):
    """How problems are put into buckets: see `Settings` for each."""

    buckets: int
    drop_hardest: int
    split_samples: bool
    seed: int


class Buckets(NamedTuple):
    """The buckets of a forecast, the task columns left out, and the counts that the method fits."""

    buckets: tuple[Bucket, ...]
    excluded: Integers
    fit_on: PassCounts

    @property
    def shares(self) -> Floats:
        """Return each bucket's share of the problems, shape (G,)."""
        sizes = np.array([len(bucket.problems) for bucket in self.buckets], dtype=float)
        return np.asarray(sizes / sizes.sum())


def all_problems(train: PassCounts, rule: BucketRule) -> Buckets:
    """Return every problem: the buckets by difficulty, and the hardest problems as one more bucket."""
    parts = bucket_problems(train, buckets=rule.buckets, drop_hardest=rule.drop_hardest)
    hardest = (Bucket("hardest", parts.dropped),) if len(parts.dropped) else ()
    return Buckets((*parts.buckets, *hardest), np.array([], dtype=np.int64), train)


class Method(NamedTuple):
    """A capability method.

    Attributes:
        name: as the command line spells it.
        draw: the method itself.
        objective: what it minimises or samples, for the record.
        says: what it assumes, in a few words for the command's help.
        choose: which problems it covers, and in which buckets.
        law: alpha and k of each bucket for the record; None takes the medians of the draws.
        details: what else the record needs to make the forecast again; None for least squares on log C.
        curve: draws at several computes from one fit: of the task, its buckets, the computes, and how many
            draws at each but the task's own target. None has the method itself draw at each.
        from_largest: whether the method says something only of models beyond the largest training model.
        min_models, min_levels: training models, and distinct compute values among them, that it needs.
        revision: raised by 1 with each change after which the same table gives other numbers; in the record.
    """

    name: str
    draw: Callable[[ForecastTask, tuple[Bucket, ...]], Draws]
    objective: str
    says: str
    choose: Callable[[PassCounts, BucketRule], Buckets] = all_problems
    law: Callable[[ForecastTask, tuple[Bucket, ...]], list[dict[str, object]]] | None = None
    details: Callable[[ForecastTask], dict[str, object]] | None = None
    curve: Callable[[ForecastTask, tuple[Bucket, ...], Sequence[Compute], int], list[Draws]] | None = None
    from_largest: bool = False
    min_models: int = 3
    min_levels: int = 2
    revision: int = 1


def bucket_means(values: Floats, buckets: tuple[Bucket, ...]) -> Floats:
    """Average over each bucket's problems: shape (S, I) to (S, G)."""
    return np.stack([values[:, bucket.problems].mean(axis=1) for bucket in buckets], axis=1)
