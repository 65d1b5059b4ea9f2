r"""Loss against compute: L = a C^b + c, and against size and data: L = E + A N^-alpha + B D^-beta.

Both are linear once their exponents are fixed. Least squares uses that (variable projection: a search over
the exponents alone, exact in the rest); the robust objectives start from its solutions at over 100 exponents.
The
objective is part of a prediction: on the report's figure 1 it moves the forecast by 2 %.
"""

from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy import optimize

from predictor.arrays import Floats
from predictor.errors import ForecastError
from predictor.tables.compute import Compute
from predictor.tables.losses import Losses

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["LossFit", "LossForm", "Objective", "fit_loss", "objective_weight"]

HUBER_DELTA = 1e-3
EXPONENTS = (0.01, 2.0)


class Objective(StrEnum):
    """What is minimised: squared errors of L, of L / observed, of log L, or Huber's (1e-3) of log L.

    `REDUCIBLE` needs a known irreducible loss: squared errors of what lies above it, relative to what was
    observed there. Models trained by one recipe scatter by a share of that part.
    """

    ABSOLUTE = "absolute"
    RELATIVE = "relative"
    LOG = "log"
    HUBER = "huber"
    REDUCIBLE = "reducible"


class LossForm(StrEnum):
    """`COMPUTE`: a C^b + c (2010.14701). `SIZE_DATA`: E + A/N^alpha + B/D^beta (2203.15556)."""

    COMPUTE = "compute"
    SIZE_DATA = "size_data"


@dataclass(frozen=True, slots=True, eq=False)
class LossFit:
    """A fitted law.

    Attributes:
        form, objective: what was fitted, and how.
        exponents: (-b,) or (alpha, beta), positive.
        amplitudes: (a,) or (A, B), for inputs divided by `units`.
        irreducible: c or E; the loss of infinite compute.
        pinned: whether that was known instead of fitted.
        units: what C, or N and D, are divided by before they are raised to a power.
        residuals: log L observed less log L fitted, shape (J,).
        cost: the objective's value, summed over models.
    """

    form: LossForm
    objective: Objective
    exponents: Floats
    amplitudes: Floats
    irreducible: float
    units: Floats
    residuals: Floats
    cost: float
    pinned: bool = False

    @property
    def free(self) -> int:
        """Return how many parameters were fitted."""
        return len(self.exponents) + len(self.amplitudes) + (not self.pinned)

    def predict(self, compute: tuple[Compute, ...]) -> Floats:
        """Return L of each model, shape (J,)."""
        terms = np.exp(-self.exponents * np.log(_inputs(self.form, compute) / self.units))
        return np.asarray(self.irreducible + terms @ self.amplitudes)

    @property
    def at_bound(self) -> bool:
        """Return whether an exponent is at the edge of its range, or a term or the irreducible loss at 0."""
        low, high = EXPONENTS
        edge = np.any((self.exponents < low * 1.02) | (self.exponents > high * 0.98))
        no_floor = not self.pinned and self.irreducible <= 1e-9
        return bool(edge or no_floor or np.any(self.amplitudes <= 1e-12))

    def parameters(self) -> dict[str, float]:
        """Return the law's constants under their usual names, in the inputs' own units."""
        amplitudes = self.amplitudes * self.units**self.exponents
        if self.form is LossForm.COMPUTE:
            return {"a": float(amplitudes[0]), "b": -float(self.exponents[0]), "c": self.irreducible}
        names = ("A", "B", "alpha", "beta")
        return dict(zip(names, map(float, (*amplitudes, *self.exponents)), strict=True)) | {
            "E": self.irreducible
        }

    def at_reference(self, flops: float) -> dict[str, float]:
        """Return a, b, c of the compute form with C = 1 at `flops`, as the report writes it."""
        scale = (flops / self.units[0]) ** -self.exponents[0]
        return {"a": float(self.amplitudes[0] * scale), "b": -float(self.exponents[0]), "c": self.irreducible}


@dataclass(frozen=True, slots=True, eq=False)
class _Data:
    """Log inputs (J, E), losses and their weights (J,), and the irreducible loss if it is known."""

    logs: Floats
    loss: Floats
    weight: Floats
    pinned: float | None


def fit_loss(
    losses: Losses, form: LossForm = LossForm.COMPUTE, objective: Objective = Objective.ABSOLUTE
) -> LossFit:
    """Fit a law to every model of the table; a known `losses.irreducible` is kept, not fitted.

    Raises:
        ForecastError: fewer distinct computes than parameters need (3; 5 points for the size-and-data form),
            unknown N or D where the form needs them, or `REDUCIBLE` without a known irreducible loss.
    """
    _check(losses, form, objective)
    inputs = _inputs(form, losses.compute)
    units = np.exp(np.log(inputs).mean(axis=0))
    logs = np.log(inputs / units)
    data = _Data(logs, losses.loss, objective_weight(losses, objective), losses.irreducible)
    exponents = _project(data)
    coefficients, _ = _linear(exponents, data)
    if objective in (Objective.LOG, Objective.HUBER):
        exponents, coefficients = _refine(exponents, data, objective)
    fitted = _curve(exponents, coefficients, logs)
    return LossFit(
        form,
        objective,
        exponents,
        coefficients[:-1],
        float(coefficients[-1]),
        units,
        np.log(losses.loss / fitted),
        _cost(data, fitted, objective),
        losses.irreducible is not None,
    )


def objective_weight(losses: Losses, objective: Objective) -> Floats:
    """Return the factors by which errors of L are multiplied before they are squared, shape (J,)."""
    if objective is Objective.ABSOLUTE:
        return np.ones_like(losses.loss)
    if objective is Objective.REDUCIBLE:
        return np.asarray(1 / (losses.loss - (losses.irreducible or 0.0)))
    return np.asarray(1 / losses.loss)


def _check(losses: Losses, form: LossForm, objective: Objective) -> None:
    if objective is Objective.REDUCIBLE and losses.irreducible is None:
        raise ForecastError(
            "errors of the reducible loss need the irreducible loss",
            option="irreducible",
            to="its value, or choose another objective",
        )
    distinct = len(np.unique(losses.flops))
    if len(losses.models) < 3 or distinct < 3:
        raise ForecastError(
            f"{len(losses.models)} models at {distinct} compute values cannot fix a, b and c; give at least "
            "3 of each"
        )
    if form is LossForm.SIZE_DATA:
        inputs = _inputs(form, losses.compute)
        if np.isnan(inputs).any():
            raise ForecastError(
                "the size-and-data form needs params and tokens of every model; add both columns"
            )
        if len(losses.models) < 6 or any(len(np.unique(column)) < 3 for column in inputs.T):
            raise ForecastError(
                "the size-and-data form needs 6 models with 3 sizes and 3 token counts; add runs"
            )


def _inputs(form: LossForm, compute: tuple[Compute, ...]) -> Floats:
    if form is LossForm.COMPUTE:
        return np.array([[c.flops] for c in compute])
    return np.array([[c.params, c.tokens] for c in compute])


def _curve(exponents: Floats, coefficients: Floats, logs: Floats) -> Floats:
    return np.asarray(np.exp(-exponents * logs) @ coefficients[:-1] + coefficients[-1])


def _linear(exponents: Floats, data: _Data) -> tuple[Floats, float]:
    """The best non-negative amplitudes and irreducible loss for given exponents, and the sum of squares."""
    powers = np.exp(-exponents * data.logs)
    if data.pinned is not None:
        amplitudes, norm = optimize.nnls(
            powers * data.weight[:, None], (data.loss - data.pinned) * data.weight
        )
        return np.append(amplitudes, data.pinned), float(norm**2)
    columns = np.column_stack([powers, np.ones(len(data.loss))])
    coefficients, norm = optimize.nnls(columns * data.weight[:, None], data.loss * data.weight)
    return np.asarray(coefficients), float(norm**2)


def _project(data: _Data) -> Floats:
    """Variable projection: minimise over the exponents alone, from a grid of at least 100 points."""
    dimensions = data.logs.shape[1]
    axis = np.geomspace(0.02, 1.8, 120 if dimensions == 1 else 12)
    starts = sorted(product(axis, repeat=dimensions), key=lambda e: _linear(np.array(e), data)[1])

    def profile(log_exponents: Floats) -> float:
        return _linear(np.exp(log_exponents), data)[1]

    low, high = np.log(EXPONENTS)
    bounds = [(float(low), float(high))] * dimensions
    found = [
        optimize.minimize(
            profile,
            np.log(np.array(start)),
            method="Nelder-Mead",
            bounds=bounds,
            options={"xatol": 1e-9, "fatol": 1e-14, "maxiter": 600},
        )
        for start in starts[:2]
    ]
    return np.asarray(np.exp(min(found, key=lambda result: float(result.fun)).x))


def _refine(exponents: Floats, data: _Data, objective: Objective) -> tuple[Floats, Floats]:
    """Nonlinear least squares on log L, plain or Huber's, from the projected solution and around it.

    Every start is a least-squares solution for given exponents, so 100 of them cost one grid; those that do
    best under the objective itself are polished. A known irreducible loss stays as it is.
    """
    split = data.logs.shape[1]
    candidates = [exponents * np.exp(step) for step in product(np.linspace(-0.7, 0.7, 11), repeat=split)]
    starts = [(e, _linear(e, data)[0]) for e in candidates]
    starts.sort(key=lambda s: _cost(data, np.maximum(_curve(s[0], s[1], data.logs), 1e-12), objective))
    kind: Literal["huber", "linear"] = "huber" if objective is Objective.HUBER else "linear"
    known = [] if data.pinned is None else [data.pinned]

    def coefficients(theta: Floats) -> Floats:
        return np.append(np.exp(theta[split:]), known)

    def residual(theta: Floats) -> Floats:
        return np.asarray(np.log(_curve(np.exp(theta[:split]), coefficients(theta), data.logs) / data.loss))

    low, high = np.log(EXPONENTS)
    polished = []
    for start in starts[:6]:
        inside = np.clip(np.log(start[0]), low + 1e-3, high - 1e-3)
        linear = start[1][: len(start[1]) - len(known)]
        amplitudes = np.log(np.maximum(linear, 1e-9))
        bounds = (
            np.concatenate([np.full(split, low), amplitudes - 25]),
            np.concatenate([np.full(split, high), amplitudes + 25]),
        )
        theta = np.concatenate([inside, amplitudes])
        polished.append(
            optimize.least_squares(
                residual, theta, loss=kind, f_scale=HUBER_DELTA, x_scale=0.1, bounds=bounds, max_nfev=400
            )
        )
    best = min(polished, key=lambda result: float(result.cost)).x
    return np.exp(best[:split]), coefficients(best)


def _cost(data: _Data, fitted: Floats, objective: Objective) -> float:
    errors: dict[Objective, Callable[[], Floats]] = {
        Objective.LOG: lambda: np.log(fitted / data.loss) ** 2,
        Objective.HUBER: lambda: _huber(np.log(fitted / data.loss)),
    }
    weighted = (fitted - data.loss) * data.weight
    return float(errors[objective]().sum() if objective in errors else (weighted**2).sum())


def _huber(error: Floats) -> Floats:
    size = np.abs(error)
    return np.where(size <= HUBER_DELTA, 0.5 * error**2, HUBER_DELTA * (size - 0.5 * HUBER_DELTA))
