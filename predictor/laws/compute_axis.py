r"""Compute that counts: the x-axis of the laws.

`flops`: x = log C, as in the report, right where every model is trained by one recipe. Families trained on
a fixed number of tokens are not: their larger models are further from optimal each time, or nearer.
`equivalent` puts a model where a compute-optimal one of the same predicted loss would stand: x =
-log(A/N^alpha + B/D^beta) / gamma, with gamma = alpha beta / (alpha + beta) and the constants of Besiroglu
et al. (arXiv 2404.10102), refitted to Hoffmann's data. Along a compute-optimal ladder both axes agree up to
a shift.
"""

from enum import StrEnum

import numpy as np

from predictor.arrays import Floats
from predictor.errors import ForecastError
from predictor.tables.compute import Compute

__all__ = ["Axis", "axis_for", "axis_values"]

A, ALPHA, B, BETA = 482.01, 0.3478, 2085.43, 0.3658
GAMMA = ALPHA * BETA / (ALPHA + BETA)


class Axis(StrEnum):
    """What x measures."""

    FLOPS = "flops"
    EQUIVALENT = "equivalent"


def axis_for(compute: tuple[Compute, ...]) -> Axis:
    """Return `EQUIVALENT` if N and D are known for every model, else `FLOPS`."""
    known = all(np.isfinite([model.params, model.tokens]).all() for model in compute)
    return Axis.EQUIVALENT if known else Axis.FLOPS


def axis_values(compute: tuple[Compute, ...], axis: Axis) -> Floats:
    """Return x of each model, in natural-log units of (equivalent) compute, shape (J,).

    Raises:
        ForecastError: `EQUIVALENT` with N or D unknown.
    """
    if axis is Axis.FLOPS:
        return np.log([model.flops for model in compute])
    params, tokens = np.array([[model.params, model.tokens] for model in compute]).T
    if np.isnan(params).any() or np.isnan(tokens).any():
        raise ForecastError(
            "equivalent compute needs params and tokens of every model and the target; add both"
        )
    return np.asarray(-np.log(A / params**ALPHA + B / tokens**BETA) / GAMMA)
