r"""A score against the steps of one run: laws that saturate, and the last value.

    sigmoid:     y = y_0 + (c - y_0) / (1 + (m / t)^B)          the law of Khatri et al. (arXiv 2510.13786)
    exponential: y = c - (c - y_0) exp(-(t / m)^B)              B near 1
    power:       y = c - (c - y_0) (1 + t / m)^(-B)
    last-value:  a random walk from the mean of the last values, with no ceiling

c is the ceiling, y_0 the score at step 0. Steps are relative to the last one seen. Every constant has a prior
and is integrated out. Beyond that step a run also leaves its law, more so the further it goes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from scipy.special import expit, logit

from predictor.arrays import Floats
from predictor.laws.curves.posterior import Posterior, posterior_of, student_log_density

__all__ = ["RUN_MEMBERS", "RunData", "RunLaw", "fit_run"]

RUN_MEMBERS = ("sigmoid", "exponential", "power", "last-value")
_PARAMETERS = 5
_SHAPE: Mapping[str, tuple[float, float]] = MappingProxyType(
    {"sigmoid": (1.0, 0.6), "exponential": (0.7, 0.4), "power": (0.5, 0.7)}
)
TIME, TIME_SD = 0.6, 1.3
CEILING, CEILING_SD = 0.8, 1.5
START_SD, SCATTER, SCATTER_SD = 0.4, 0.01, 0.8
LAST_SHARE = 0.1
# How far a run leaves its law, in logits for each e-fold of steps beyond the last one that was seen.
DEPARTURE = 0.12


@dataclass(frozen=True, slots=True, eq=False)
class RunData:
    """The first part of a run: J steps above 0 and below, ascending, and scores from 0 to 1, shape (J,)."""

    steps: Floats
    score: Floats

    def until(self, step: float) -> "RunData":
        """Return the data up to a step."""
        seen = self.steps <= step
        return RunData(self.steps[seen], self.score[seen])


@dataclass(frozen=True, slots=True, eq=False)
class RunLaw:
    """A fitted member; the posterior is None for the last value."""

    name: str
    data: RunData
    posterior: Posterior | None

    def draws(self, steps: Floats, size: int, rng: np.random.Generator) -> Floats:
        """Return draws of the scores of the run at later steps, shape (size, K)."""
        if self.posterior is None:
            return _walk(self.data, steps, size, rng)
        z = self.posterior.draws(size, rng)
        curve = np.clip(_curve(self.name, self.data, z, steps), 1e-4, 1 - 1e-4)
        beyond = np.log(np.maximum(steps / self.data.steps[-1], 1))
        curve = expit(logit(curve) + DEPARTURE * beyond * rng.standard_normal((size, 1)))
        noise = _scatter(z)[:, None] * rng.standard_t(4, (size, len(steps)))
        return np.asarray(np.clip(curve + noise, 0, 1))

    def ceilings(self, size: int, rng: np.random.Generator) -> Floats:
        """Return draws of the ceiling, shape (size,); only laws with a ceiling have them."""
        assert self.posterior is not None
        return _ceiling(self.posterior.draws(size, rng))


def fit_run(name: str, data: RunData, rng: np.random.Generator) -> RunLaw:
    """Fit one member to the part of a run that was seen."""
    if name == "last-value":
        return RunLaw(name, data, None)

    def fits(z: Floats) -> Floats:
        residual = data.score - _curve(name, data, z, data.steps)
        return student_log_density(residual, _scatter(z)[:, None])

    starts = np.zeros((2, _PARAMETERS))
    starts[1, 3] = -1.0
    return RunLaw(name, data, posterior_of(fits, _PARAMETERS, rng, starts))


def _curve(name: str, data: RunData, z: Floats, steps: Floats) -> Floats:
    """Scores at steps, shape (S, K), of every row of z: scatter, ceiling, start, time, shape."""
    ceiling = _ceiling(z)[:, None]
    start = expit(logit(np.clip(data.score[0], 0.01, 0.99)) + START_SD * z[:, 2:3])
    log_m = np.log(data.steps[-1] * TIME) + TIME_SD * z[:, 3:4]
    middle, sd = _SHAPE[name]
    shape = middle * np.exp(sd * z[:, 4:5])
    log_t = np.log(np.maximum(steps, 1e-9)) - log_m
    if name == "sigmoid":
        gone = expit(-shape * log_t)
    elif name == "exponential":
        gone = np.exp(-np.exp(np.minimum(shape * log_t, 50)))
    else:
        gone = np.exp(-shape * np.logaddexp(0, log_t))
    return np.asarray(ceiling - (ceiling - start) * gone)


def _ceiling(z: Floats) -> Floats:
    return np.asarray(expit(CEILING + CEILING_SD * z[:, 1]))


def _scatter(z: Floats) -> Floats:
    return np.asarray(SCATTER * np.exp(SCATTER_SD * z[:, 0]))


def _walk(data: RunData, steps: Floats, size: int, rng: np.random.Generator) -> Floats:
    """A random walk as wide as earlier values of the second half were off from the last."""
    count = max(1, round(LAST_SHARE * len(data.score)))
    level = float(np.mean(data.score[-count:]))
    earlier = np.flatnonzero(data.steps[:-count] >= data.steps[-1] / 2)
    earlier = earlier if len(earlier) else np.array([len(data.steps) - 2])
    rate = np.mean((level - data.score[earlier]) ** 2 / (data.steps[-1] - data.steps[earlier]))
    noise = float(np.sqrt(np.mean(np.diff(data.score[len(data.score) // 2 :]) ** 2) / 2)) + 1e-4
    wander = np.sqrt(rate * np.maximum(steps - data.steps[-1], 0))
    shown = level + wander * rng.standard_normal((size, 1)) + noise * rng.standard_normal((size, len(steps)))
    return np.asarray(np.clip(shown, 0, 1))
