"""Training compute: the columns that state it, and what every table with a row for each model has."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from predictor.errors import ForecastError
from predictor.tables.rows import Row

__all__ = ["Compute", "ModelTable", "read_compute"]

# Attention, embeddings and experts that rest move the compute away from 6 N D, by much less than a unit does.
MOST_BESIDE_6ND = 100.0


class Compute(NamedTuple):
    """A model's training compute: FLOPs, and N and D where they are known (nan where not).

    `derived` marks C = 6 N D, which counts a forward and a backward pass and leaves attention out.
    """

    flops: float
    params: float
    tokens: float
    derived: bool


def read_compute(row: Row) -> Compute:
    """Return the compute columns of one row: `flops`, or `params` and `tokens`.

    Raises:
        TableError: a value is negative or unreadable, neither form is complete, or `flops` is so far from
            6 N D that it must be in another unit.
    """
    params = row.positive("params") if row.has("params") else float("nan")
    tokens = row.positive("tokens") if row.has("tokens") else float("nan")
    if row.has("flops"):
        flops, expected = row.positive("flops"), 6.0 * params * tokens
        if max(flops / expected, expected / flops) > MOST_BESIDE_6ND:  # False where N or D is unknown
            raise row.refuse(
                f"flops is {flops:.3g} and 6 x params x tokens is {expected:.3g}: the units differ",
                "write flops in FLOPs, or leave params and tokens out",
            )
        return Compute(flops, params, tokens, derived=False)
    if row.has("params") and row.has("tokens"):
        return Compute(6.0 * params * tokens, params, tokens, derived=True)
    raise row.refuse("no compute", "give flops, or params and tokens")


class ModelTable:
    """A table of J models: their names, `models`, and their training compute, `compute`."""

    __slots__ = ()
    models: tuple[str, ...]
    compute: tuple[Compute, ...]

    @property
    def flops(self) -> NDArray[np.float64]:
        """Return training FLOPs, shape (J,)."""
        return np.array([compute.flops for compute in self.compute])

    def index(self, model: str) -> int:
        """Return the row of a model; raise `ForecastError` with the known names if there is none."""
        if model not in self.models:
            raise ForecastError(f"unknown model {model!r}; the table has {', '.join(self.models)}")
        return self.models.index(model)
