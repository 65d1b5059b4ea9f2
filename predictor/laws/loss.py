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
from numpy.typing import NDArray
from scipy import optimize

from predictor.counts import Compute
from predictor.errors import ForecastError
from predictor.losses import Losses

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Form", "LossFit", "Objective", "fit_loss"]

Floats = NDArray[np.float64]
HUBER_DELTA = 1e-3
EXPONENTS = (0.01, 2.0)


class Objective(StrEnum):
    """What is minimised: squared errors of L, of L / observed, of log L, or Huber's (1e-3) of log L."""

    ABSOLUTE = "absolute"
    RELATIVE = "relative"
    LOG = "log"
    HUBER = "huber"


class Form(StrEnum):
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
        units: what C, or N and D, are divided by before they are raised to a power.
        residuals: log L observed less log L fitted, shape (J,).
        cost: the objective's value, summed over models.
    """

    form: Form
    objective: Objective
    exponents: Floats
    amplitudes: Floats
    irreducible: float
    units: Floats
    residuals: Floats
    cost: float

    def predict(self, compute: tuple[Compute, ...]) -> Floats:
        """L of each model, shape (J,)."""
        terms = np.exp(-self.exponents * np.log(_inputs(self.form, compute) / self.units))
        return np.asarray(self.irreducible + terms @ self.amplitudes)

    @property
    def at_bound(self) -> bool:
        """Whether an exponent stopped at the edge of its range, or a term or the irreducible loss at 0."""
        low, high = EXPONENTS
        edge = np.any((self.exponents < low * 1.02) | (self.exponents > high * 0.98))
        return bool(edge or self.irreducible <= 1e-9 or np.any(self.amplitudes <= 1e-12))

    def parameters(self) -> dict[str, float]:
        """The law's constants under their usual names, in the inputs' own units."""
        amplitudes = self.amplitudes * self.units**self.exponents
        if self.form is Form.COMPUTE:
            return {"a": float(amplitudes[0]), "b": -float(self.exponents[0]), "c": self.irreducible}
        names = ("A", "B", "alpha", "beta")
        return dict(zip(names, map(float, (*amplitudes, *self.exponents)), strict=True)) | {
            "E": self.irreducible
        }

    def at_reference(self, flops: float) -> dict[str, float]:
        """a, b, c of the compute form with C = 1 at `flops`, as the report writes it."""
        scale = (flops / self.units[0]) ** -self.exponents[0]
        return {"a": float(self.amplitudes[0] * scale), "b": -float(self.exponents[0]), "c": self.irreducible}


def fit_loss(losses: Losses, form: Form = Form.COMPUTE, objective: Objective = Objective.ABSOLUTE) -> LossFit:
    """Fit a law to every model of the table.

    Raises:
        ForecastError: fewer distinct computes than parameters need (3; 5 points for the size-and-data form),
            or unknown N or D where the form needs them.
    """
    _check(losses, form)
    inputs = _inputs(form, losses.compute)
    units = np.exp(np.log(inputs).mean(axis=0))
    logs = np.log(inputs / units)
    weight = np.ones_like(losses.loss) if objective is Objective.ABSOLUTE else 1 / losses.loss
    exponents = _project(logs, losses.loss, weight)
    coefficients, _ = _linear(exponents, logs, losses.loss, weight)
    if objective in (Objective.LOG, Objective.HUBER):
        exponents, coefficients = _refine(exponents, logs, losses.loss, objective)
    fitted = _curve(exponents, coefficients, logs)
    residuals = np.log(losses.loss / fitted)
    cost = _cost(losses.loss, fitted, objective)
    return LossFit(
        form, objective, exponents, coefficients[:-1], float(coefficients[-1]), units, residuals, cost
    )


def _check(losses: Losses, form: Form) -> None:
    distinct = len(np.unique(losses.flops))
    if len(losses.models) < 3 or distinct < 3:
        raise ForecastError(
            f"{len(losses.models)} models at {distinct} compute values cannot fix a, b and c; give at least "
            "3 of each"
        )
    if form is Form.SIZE_DATA:
        inputs = _inputs(form, losses.compute)
        if np.isnan(inputs).any():
            raise ForecastError(
                "the size-and-data form needs params and tokens of every model; add both columns"
            )
        if len(losses.models) < 6 or any(len(np.unique(column)) < 3 for column in inputs.T):
            raise ForecastError(
                "the size-and-data form needs 6 models with 3 sizes and 3 token counts; add runs"
            )


def _inputs(form: Form, compute: tuple[Compute, ...]) -> Floats:
    if form is Form.COMPUTE:
        return np.array([[c.flops] for c in compute])
    return np.array([[c.params, c.tokens] for c in compute])


def _curve(exponents: Floats, coefficients: Floats, logs: Floats) -> Floats:
    return np.asarray(np.exp(-exponents * logs) @ coefficients[:-1] + coefficients[-1])


def _linear(exponents: Floats, logs: Floats, loss: Floats, weight: Floats) -> tuple[Floats, float]:
    """The best non-negative amplitudes and irreducible loss for given exponents, and the sum of squares."""
    columns = np.column_stack([np.exp(-exponents * logs), np.ones(len(loss))])
    coefficients, norm = optimize.nnls(columns * weight[:, None], loss * weight)
    return np.asarray(coefficients), float(norm**2)


def _project(logs: Floats, loss: Floats, weight: Floats) -> Floats:
    """Variable projection: minimise over the exponents alone, from a grid of at least 100 points."""
    dimensions = logs.shape[1]
    axis = np.geomspace(0.02, 1.8, 120 if dimensions == 1 else 12)
    starts = sorted(
        product(axis, repeat=dimensions), key=lambda e: _linear(np.array(e), logs, loss, weight)[1]
    )

    def profile(log_exponents: NDArray[np.float64]) -> float:
        return _linear(np.exp(log_exponents), logs, loss, weight)[1]

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


def _refine(exponents: Floats, logs: Floats, loss: Floats, objective: Objective) -> tuple[Floats, Floats]:
    """Nonlinear least squares on log L, plain or Huber's, from the projected solution and around it.

    Every start is a least-squares solution for given exponents, so 100 of them cost one grid; those that do
    best under the objective itself are polished.
    """
    weight = 1 / loss
    candidates = [
        exponents * np.exp(step) for step in product(np.linspace(-0.7, 0.7, 11), repeat=logs.shape[1])
    ]
    starts = [(e, _linear(e, logs, loss, weight)[0]) for e in candidates]
    starts.sort(key=lambda s: _cost(loss, np.maximum(_curve(s[0], s[1], logs), 1e-12), objective))
    kind: Literal["huber", "linear"] = "huber" if objective is Objective.HUBER else "linear"
    split = logs.shape[1]

    def residual(theta: Floats) -> Floats:
        return np.asarray(np.log(_curve(np.exp(theta[:split]), np.exp(theta[split:]), logs) / loss))

    low, high = np.log(EXPONENTS)
    polished = []
    for start in starts[:6]:
        inside = np.clip(np.log(start[0]), low + 1e-3, high - 1e-3)
        amplitudes = np.log(np.maximum(start[1], 1e-9))
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
    return np.exp(best[:split]), np.exp(best[split:])


def _cost(loss: Floats, fitted: Floats, objective: Objective) -> float:
    errors: dict[Objective, Callable[[], Floats]] = {
        Objective.ABSOLUTE: lambda: (fitted - loss) ** 2,
        Objective.RELATIVE: lambda: (fitted / loss - 1) ** 2,
        Objective.LOG: lambda: np.log(fitted / loss) ** 2,
        Objective.HUBER: lambda: _huber(np.log(fitted / loss)),
    }
    return float(errors[objective]().sum())


def _huber(error: Floats) -> Floats:
    size = np.abs(error)
    return np.where(size <= HUBER_DELTA, 0.5 * error**2, HUBER_DELTA * (size - 0.5 * HUBER_DELTA))
