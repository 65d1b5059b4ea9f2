r"""The mode of a posterior density whose gradient is known, and the curvature there.

Levenberg and Marquardt's method climbs first; its curvature, the outer product of the observations' scores,
is positive by construction. Where observations are few for the number of parameters, or the law is not quite
theirs, that matrix is a poor curvature and the climb slows down before the mode. Newton's method takes over,
its curvature by differences of the gradient, until the step that is left is a small part of the posterior's
spread.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, NamedTuple, Protocol, TypeVar

import numpy as np

from predictor.arrays import Floats, Integers

__all__ = ["Found", "Point", "find_mode"]

CLIMB_STEPS = 12
# A climb ends where a step gains less than this.
LITTLE_GAIN = 0.1
# No step of any parameter is longer than this, so that the modes of the problems can follow.
LONGEST_STEP = 1.0
DIFFERENCE = 0.004
# The prior of z alone has a curvature of 1; finite differences may show a little less, noise much less.
LEAST_CURVATURE = 0.7
CURVATURES, POLISH_STEPS = 4, 16
# At the mode once the squared length of Newton's step, in units of the posterior's spread, is below this.
NEAR = 0.1
# A curvature serves until psi is further than this from where it was measured, squared, in the same units.
FAR = 2.0
SHORTEST = 1 / 64


class Point(Protocol):
    """A density at one psi: its logarithm, the gradient (P,), and every observation's part of it (I, P)."""

    @property
    def value(self) -> float: ...  # noqa: D102

    @property
    def gradient(self) -> Floats: ...  # noqa: D102

    @property
    def scores(self) -> Floats: ...  # noqa: D102


P = TypeVar("P", bound=Point)
Evaluate = Callable[[Floats, P | None], P]


@dataclass(frozen=True, slots=True, eq=False)
class Found(Generic[P]):
    """The mode psi (P,), the density there, the inverse curvature (P, P), and whether the search arrived."""

    psi: Floats
    point: P
    covariance: Floats
    converged: bool


class _Newton(NamedTuple):
    """Newton's step, within bounds, and its squared length in units of the posterior's spread."""

    step: Floats
    length: float


def find_mode(evaluate: Evaluate[P], psi: Floats, prior: Floats, bound: Floats) -> Found[P]:
    """Find the mode.

    Args:
        evaluate: the density at psi, given its value at a nearby psi, from which iterations may start.
        psi: where to begin.
        prior: the part of the curvature that the observations' scores do not hold, a diagonal, shape (P,).
        bound: the least and the largest psi, shape (2, P).
    """
    psi, point = _climb(evaluate, psi, prior, bound)
    for _ in range(CURVATURES):
        curvature = _curvature(evaluate, psi, point)
        start = psi
        psi, point, arrived = _polish(evaluate, psi, point, curvature, bound)
        moved = psi - start
        if arrived and moved @ curvature @ moved < FAR:
            break
    return Found(psi, point, np.asarray(np.linalg.inv(curvature)), arrived)


def _climb(evaluate: Evaluate[P], psi: Floats, prior: Floats, bound: Floats) -> tuple[Floats, P]:
    """Levenberg and Marquardt's method; no step lowers the density."""
    point = evaluate(psi, None)
    damping = 0.1
    for _ in range(CLIMB_STEPS):
        free = _free(psi, point.gradient, bound)
        scores = point.scores[:, free]
        curvature = scores.T @ scores + np.diag(prior[free])
        step = np.zeros_like(psi)
        damped = curvature + damping * np.diag(np.diag(curvature))
        step[free] = np.linalg.solve(damped, point.gradient[free])
        trial = _within(psi + _shortened(step), bound)
        there = evaluate(trial, point)
        gain = there.value - point.value
        if gain > 0:
            psi, point, damping = trial, there, max(damping / 4, 1e-4)
        else:
            damping *= 6
        if 0 < gain < LITTLE_GAIN:
            break
    return psi, point


def _polish(
    evaluate: Evaluate[P], psi: Floats, point: P, curvature: Floats, bound: Floats
) -> tuple[Floats, P, bool]:
    """Newton's steps from one curvature, which every step corrects, until psi is at the mode."""
    share = 1.0
    ahead = _newton(psi, point.gradient, curvature, bound)
    for _ in range(POLISH_STEPS):
        if ahead.length < NEAR or share < SHORTEST:
            break
        trial = _within(psi + share * _shortened(ahead.step), bound)
        there = evaluate(trial, point)
        corrected = _corrected(curvature, trial - psi, point.gradient - there.gradient)
        left = _newton(trial, there.gradient, corrected, bound)
        # The gradient decides near the mode, where the value's own error hides its gain.
        if there.value > point.value or left.length < min(ahead.length, 1.0) / 2:
            psi, point, ahead, curvature = trial, there, left, corrected
            share = min(1.0, 2 * share)
        else:
            share /= 2
    return psi, point, ahead.length < NEAR


def _corrected(curvature: Floats, step: Floats, change: Floats) -> Floats:
    """The curvature that explains how the gradient changed over a step: Broyden, Fletcher, Goldfarb, Shanno.

    The change is damped as by Powell where it alone would not leave the curvature positive.
    """
    expected = curvature @ step
    along = float(step @ expected)
    if along <= 0:
        return curvature
    share = min(1.0, 0.8 * along / max(along - float(step @ change), 1e-300))
    change = share * change + (1 - share) * expected if step @ change < 0.2 * along else change
    return np.asarray(
        curvature - np.outer(expected, expected) / along + np.outer(change, change) / (step @ change)
    )


def _newton(psi: Floats, gradient: Floats, curvature: Floats, bound: Floats) -> _Newton:
    free = _free(psi, gradient, bound)
    step = np.zeros_like(psi)
    step[free] = np.linalg.solve(curvature[np.ix_(free, free)], gradient[free])
    return _Newton(step, float(gradient[free] @ step[free]))


def _free(psi: Floats, gradient: Floats, bound: Floats) -> Integers:
    """Parameters that the gradient does not push against their bound."""
    low, high = bound
    return np.flatnonzero(((psi > low + 1e-9) | (gradient >= 0)) & ((psi < high - 1e-9) | (gradient <= 0)))


def _shortened(step: Floats) -> Floats:
    return step * min(1.0, LONGEST_STEP / max(float(np.abs(step).max()), 1e-12))


def _within(psi: Floats, bound: Floats) -> Floats:
    return np.clip(psi, *bound)


def _curvature(evaluate: Evaluate[P], psi: Floats, point: P) -> Floats:
    """Minus the second derivatives, by forward differences of the gradient, made positive."""
    rows = []
    for k in range(len(psi)):
        moved = psi.copy()
        moved[k] += DIFFERENCE
        rows.append((point.gradient - evaluate(moved, point).gradient) / DIFFERENCE)
    found = np.array(rows)
    value, vector = np.linalg.eigh((found + found.T) / 2)
    return np.asarray((vector * np.maximum(value, LEAST_CURVATURE)) @ vector.T)
