r"""Benchmark accuracy against compute, size and data, or task loss.

    accuracy = floor + (ceiling - floor) S(theta)^nu,  S the logistic function
    direct:    theta = a + b log C                         or a - b log(N^-alpha + r D^-beta)
    two steps: theta = a - k (task loss), task loss = E + A C^-beta or E + A N^-alpha + B D^-beta

The two steps are those of Bhagia et al. (arXiv 2412.04403); here every constant has a prior and is
integrated out. The floor is chance times a factor near 1: questions are often chosen so that weak models
do worse than by guessing (ARC-Challenge), and with a floor at chance the ceiling comes out far too low.
nu near 1 lets the curve leave the floor faster or slower than it nears the ceiling. Models scatter about
the curve in theta, and the questions add sampling noise. Inputs are relative to the training models'
geometric means, so that the priors do not depend on units.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from scipy.special import expit

from predictor.arrays import Floats, Integers
from predictor.laws.curves.posterior import Posterior, posterior_of, student_log_density

__all__ = ["MEMBERS", "TWO_STEP", "AccuracyData", "AccuracyLaw", "fit_accuracy"]

MEMBERS = ("direct-compute", "direct-size-data", "two-step-compute", "two-step-size-data")
TWO_STEP = ("two-step-compute", "two-step-size-data")
SLOPE, SLOPE_SD = 0.3, 0.8
LINK, LINK_SD = 1.0, 0.8
SCATTER, SCATTER_SD = 0.08, 0.8
QUESTIONS, QUESTIONS_SD = 1500.0, 1.0
CEILING, CEILING_SD = 2.2, 1.2
GUESSING_SD, SKEW_SD = 0.1, 0.5
EXPONENT, EXPONENT_SD = 0.3, 0.4
LOSS_SCATTER, LOSS_SCATTER_SD = 0.01, 0.8
FLOOR_SD = 1.2


@dataclass(frozen=True, slots=True, eq=False)
class AccuracyData:
    """What a law is fitted to.

    Attributes:
        logs: log C, log N, log D of J models, shape (J, 3); nan where unknown.
        accuracy: shares, shape (J,).
        task_loss: shape (J,), or None.
        chance: the accuracy of guessing.
        ceiling: the best accuracy there is, or None where it is to be integrated out.
        questions: how many questions the accuracy is a share of, or None where unknown.
    """

    logs: Floats
    accuracy: Floats
    task_loss: Floats | None
    chance: float
    ceiling: float | None = None
    questions: float | None = None

    def select(self, rows: Integers) -> "AccuracyData":
        """Return the data of some of the models."""
        loss = None if self.task_loss is None else self.task_loss[rows]
        return AccuracyData(
            self.logs[rows], self.accuracy[rows], loss, self.chance, self.ceiling, self.questions
        )


@dataclass(frozen=True, slots=True, eq=False)
class AccuracyLaw:
    """A fitted member: the posterior of its link and, for two steps, of its loss law."""

    name: str
    data: AccuracyData
    link: Posterior
    loss: Posterior | None

    def draws(self, logs: Floats, size: int, rng: np.random.Generator) -> Floats:
        """Return draws of the accuracy of a model at log C, N, D, shape (3,): shape (size,)."""
        z = self.link.draws(size, rng)
        place = np.broadcast_to(logs, (1, 3))
        inputs = self._task_loss(place, size, rng) if self.loss is not None else place
        theta = _theta(self.name, self.data, z, inputs)
        theta = theta + (_scatter(z) * rng.standard_t(4, size))[:, None]
        shown = _curve(self.data, z, theta)[:, 0]
        noise = np.sqrt(shown * (1 - shown) / _questions(self.data, z)) * rng.standard_normal(size)
        return np.asarray(np.clip(shown + noise, 0, 1))

    def _task_loss(self, place: Floats, size: int, rng: np.random.Generator) -> Floats:
        assert self.loss is not None
        z = self.loss.draws(size, rng)
        fitted = _loss_curve(self.name, self.data, z, place)
        return np.asarray(fitted * (1 + _loss_scatter(z)[:, None] * rng.standard_t(4, (size, 1))))

    def task_loss_draws(self, logs: Floats, size: int, rng: np.random.Generator) -> Floats:
        """Return draws of the task loss at log C, N, D; only two-step laws have them."""
        return self._task_loss(np.broadcast_to(logs, (1, 3)), size, rng)[:, 0]


def fit_accuracy(name: str, data: AccuracyData, rng: np.random.Generator) -> AccuracyLaw:
    """Fit one member; `two-step-...` needs a task loss, `...-size-data` N and D of every model."""
    inputs = data.task_loss[None, :] if name in TWO_STEP and data.task_loss is not None else data.logs

    def link_fits(z: Floats) -> Floats:
        theta = _theta(name, data, z, inputs)
        shown = _curve(data, z, theta)
        share, skew = expit(theta), _skew(z)
        slope = (_ceiling(data, z)[:, None] - _floor(data, z)) * skew * share**skew * (1 - share)
        # Half a question more, so that an accuracy of exactly 0 or 1 has a likelihood.
        asked = _questions(data, z)[:, None]
        variance = (_scatter(z)[:, None] * slope) ** 2 + shown * (1 - shown) / asked + 0.25 / asked**2
        return student_log_density(data.accuracy - shown, np.sqrt(variance))

    link = posterior_of(link_fits, _LINK_PARAMETERS[name], rng)
    if name not in TWO_STEP:
        return AccuracyLaw(name, data, link, None)
    observed = data.task_loss
    assert observed is not None

    def loss_fits(z: Floats) -> Floats:
        fitted = _loss_curve(name, data, z, data.logs)
        sd = np.maximum(_loss_scatter(z)[:, None] * fitted, 1e-9)
        return student_log_density(observed - fitted, sd)

    return AccuracyLaw(name, data, link, posterior_of(loss_fits, _LOSS_PARAMETERS[name], rng))


# The first four parameters of every link: ceiling, scatter of models, number of questions, level a; the last
# two: skew nu, floor.
_LINK_PARAMETERS: Mapping[str, int] = MappingProxyType(
    {"direct-compute": 7, "direct-size-data": 10, "two-step-compute": 7, "two-step-size-data": 7}
)
_LOSS_PARAMETERS: Mapping[str, int] = MappingProxyType({"two-step-compute": 4, "two-step-size-data": 6})


def _ceiling(data: AccuracyData, z: Floats) -> Floats:
    if data.ceiling is not None:
        return np.full(len(z), data.ceiling)
    return np.asarray(data.chance + (1 - data.chance) * expit(CEILING + CEILING_SD * z[:, 0]))


def _scatter(z: Floats) -> Floats:
    return np.asarray(SCATTER * np.exp(SCATTER_SD * z[:, 1]))


def _questions(data: AccuracyData, z: Floats) -> Floats:
    if data.questions is not None:
        return np.full(len(z), data.questions)
    return np.asarray(QUESTIONS * np.exp(QUESTIONS_SD * z[:, 2]))


def _curve(data: AccuracyData, z: Floats, theta: Floats) -> Floats:
    floor = _floor(data, z)
    return np.asarray(floor + (_ceiling(data, z)[:, None] - floor) * expit(theta) ** _skew(z))


def _floor(data: AccuracyData, z: Floats) -> Floats:
    # Below the ceiling by half of what lies above chance, however far a draw of the prior lies out.
    most = (data.chance + _ceiling(data, z)[:, None]) / 2
    return np.asarray(np.minimum(data.chance * np.exp(GUESSING_SD * z[:, -1:]), most))


def _skew(z: Floats) -> Floats:
    return np.asarray(np.exp(SKEW_SD * z[:, -2:-1]))


def _theta(name: str, data: AccuracyData, z: Floats, inputs: Floats) -> Floats:
    """The logit's argument, shape (S, J): inputs are task losses (S or 1, J), or logs (J, 3)."""
    level = 3 * z[:, 3:4]
    if name in TWO_STEP:
        assert data.task_loss is not None
        centre, spread = data.task_loss.mean(), max(float(data.task_loss.std()), 1e-6)
        return np.asarray(level - LINK * np.exp(LINK_SD * z[:, 4:5]) * (inputs - centre) / spread)
    logs = inputs - data.logs.mean(axis=0)
    slope = SLOPE * np.exp(SLOPE_SD * z[:, 4:5])
    if name == "direct-compute":
        return np.asarray(level + slope * logs[:, 0])
    alpha, beta, ratio = _exponents(z[:, 5:8])
    left = np.logaddexp(-alpha * logs[:, 1], ratio - beta * logs[:, 2])
    # log(N^-alpha + r D^-beta) moves alpha beta / (alpha + beta) for each e-fold of well-spent compute.
    return np.asarray(level - slope * (left - np.log1p(np.exp(ratio))) * (alpha + beta) / (alpha * beta))


def _exponents(z: Floats) -> tuple[Floats, Floats, Floats]:
    alpha, beta = (EXPONENT * np.exp(EXPONENT_SD * z[:, i : i + 1]) for i in (0, 1))
    return alpha, beta, z[:, 2:3]


def _loss_scatter(z: Floats) -> Floats:
    return np.asarray(LOSS_SCATTER * np.exp(LOSS_SCATTER_SD * z[:, 0]))


def _loss_curve(name: str, data: AccuracyData, z: Floats, logs: Floats) -> Floats:
    """The task loss at logs, shape (J, 3), for every row of z: shape (S, J)."""
    assert data.task_loss is not None
    relative = logs - data.logs.mean(axis=0)
    floor = data.task_loss.min() * expit(FLOOR_SD * z[:, 1:2])
    above = (data.task_loss.mean() - floor) * np.exp(0.3 * z[:, 2:3])
    if name == "two-step-compute":
        exponent = 0.5 * EXPONENT * np.exp(2 * EXPONENT_SD * z[:, 3:4])
        return np.asarray(floor + above * np.exp(-exponent * relative[:, 0]))
    alpha, beta, ratio = _exponents(z[:, 3:6])
    share = expit(-ratio)
    return np.asarray(
        floor
        + above * (share * np.exp(-alpha * relative[:, 1]) + (1 - share) * np.exp(-beta * relative[:, 2]))
    )
