r"""Compute that counts: the x-axis of the laws.

`flops`: x = log C, as in the report, right where every model is trained by one recipe. Families trained on a
fixed
number of tokens are not: their larger models are further from optimal each time, or nearer. `equivalent` puts
a model where a compute-optimal one of the same predicted loss would stand: x = -log(A/N^alpha + B/D^beta) /
gamma, with gamma = alpha beta / (alpha + beta) and the constants of Besiroglu et al. (arXiv 2404.10102),
refitted to Hoffmann's data. Along a compute-optimal ladder both axes agree up to a shift. `by_loss` uses the
models' own losses instead.
"""

from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from predictor.errors import ForecastError
from predictor.laws.loss_law import Form, LossFit, fit_loss
from predictor.tables.losses import Losses
from predictor.tables.pass_counts import Compute

__all__ = ["Axis", "axis_for", "by_loss", "positions"]

Floats = NDArray[np.float64]
A, ALPHA, B, BETA = 482.01, 0.3478, 2085.43, 0.3658
GAMMA = ALPHA * BETA / (ALPHA + BETA)


class Axis(StrEnum):
    """What x measures."""

    FLOPS = "flops"
    EQUIVALENT = "equivalent"
    LOSS = "loss"


def axis_for(compute: tuple[Compute, ...]) -> Axis:
    """`EQUIVALENT` where N and D are known for every model, else `FLOPS`."""
    known = all(np.isfinite([model.params, model.tokens]).all() for model in compute)
    return Axis.EQUIVALENT if known else Axis.FLOPS


def positions(compute: tuple[Compute, ...], axis: Axis) -> Floats:
    """X of each model, in natural-log units of (equivalent) compute, shape (J,)."""
    if axis is Axis.FLOPS:
        return np.log([model.flops for model in compute])
    params, tokens = np.array([[model.params, model.tokens] for model in compute]).T
    if np.isnan(params).any() or np.isnan(tokens).any():
        raise ForecastError(
            "equivalent compute needs params and tokens of every model and the target; add both"
        )
    return np.asarray(-np.log(A / params**ALPHA + B / tokens**BETA) / GAMMA)


def by_loss(losses: Losses, target: Compute) -> tuple[Floats, float, float]:
    """Place each model by its own loss: x is the log compute at which the fitted law a C^b + c gives it.

    Returns the J positions, the target's, which has no loss yet and so stands at its log C, and the scatter
    of the positions about log C, which the target will have too.
    """
    fit: LossFit = fit_loss(losses, Form.COMPUTE)
    reducible = np.maximum(losses.loss - fit.irreducible, 1e-3 * losses.loss)
    x = np.log(fit.units[0]) - np.log(reducible / fit.amplitudes[0]) / fit.exponents[0]
    gap = x - np.log(losses.flops)
    scatter = float(np.sqrt((gap**2).sum() / max(len(gap) - 2, 1)))
    return x, float(np.log(target.flops)), scatter
