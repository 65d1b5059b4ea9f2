"""The search for the mode of the levels and the shape, on densities whose mode is known and on ladders."""

from typing import NamedTuple

import numpy as np
import pytest

from predictor.arrays import Floats
from predictor.laws.latent_trend.cells import Cells
from predictor.laws.latent_trend.coordinates import Coordinates
from predictor.laws.latent_trend.levels import LevelPosterior
from predictor.laws.latent_trend.search import Found, find_mode
from predictor.laws.latent_trend.shape import ShapePrior

FREE = np.array([[-np.inf], [np.inf]])


class Here(NamedTuple):
    value: float
    gradient: Floats
    scores: Floats


def residuals(psi: Floats) -> tuple[Floats, Floats]:
    """A narrow curved valley, Rosenbrock's, with its floor at (1, 1), and the Jacobian."""
    return np.array([10 * (psi[1] - psi[0] ** 2), 1 - psi[0]]), np.array([[-20 * psi[0], 10.0], [-1.0, 0.0]])


def valley(psi: Floats, _near: Here | None) -> Here:
    left, jacobian = residuals(psi)
    scores = -left[:, None] * jacobian
    return Here(float(-0.5 * left @ left), scores.sum(axis=0), scores)


def search(bound: Floats) -> Found[Here]:
    return find_mode(valley, np.array([-1.2, 1.0]), np.zeros(2), bound * np.ones(2))


def test_the_end_of_a_curved_valley_is_found() -> None:
    found = search(FREE)
    assert found.converged
    assert found.point.value > -0.3  # of 0: within one standard deviation of the posterior


def test_a_mode_at_a_bound_counts_as_found() -> None:
    found = search(np.array([[-2.0, -2.0], [0.5, 2.0]]))
    assert found.converged
    assert found.psi == pytest.approx([0.5, 0.25], abs=0.05)


def test_the_derivatives_of_the_coordinates_are_those_of_finite_differences() -> None:
    coordinates = Coordinates(3, ShapePrior(), 1.3)
    phi, step = np.array([1.0, 0.2, -3.0, 0.1, 0.6, -0.4, 0.5, 1.8, 0.3]), 1e-6
    moved = [
        (coordinates.psi(phi + step * unit) - coordinates.psi(phi - step * unit)) / (2 * step)
        for unit in np.eye(9)
    ]
    assert coordinates.jacobian(phi) == pytest.approx(np.array(moved).T, abs=1e-6)


def test_a_link_keeps_the_rate_of_a_problem_of_no_difficulty() -> None:
    coordinates = Coordinates(2, ShapePrior(), 1.0)
    rates = []
    for z in (-2.0, 0.0, 2.0):
        phi = np.array([0.7, -1.5, 0.0, 0.0, 0.0, 0.0, z, 0.0])
        link = ShapePrior().shape(phi[2:]).link
        rates.append((1 + link * np.exp(coordinates.psi(phi)[:2])) ** (-1 / link))
    assert np.array(rates) == pytest.approx(np.tile(np.exp(-np.exp([0.7, -1.5])), (3, 1)), rel=1e-6)


def test_the_levels_of_many_irregular_models_are_found() -> None:
    """Fourteen models on sixty problems: so many numbers that the scores' outer product is a poor curvature."""
    rng, x = np.random.default_rng(3), np.linspace(-3, 3, 14)
    d, cell = 0.25 + 0.04 * rng.standard_normal((60, 1)), 0.25 * rng.standard_normal((60, 14))
    level = 1.5 + 0.1 * rng.standard_normal(14)
    rates = (1 + np.exp(level + rng.standard_normal((60, 1)) - d * x + cell) / 2) ** -2
    passes = rng.binomial(20, rates).astype(float)
    cells = Cells(passes, 20 - passes, np.full(passes.shape, np.nan))
    posterior = LevelPosterior(cells, x, ShapePrior())
    levels = posterior.fit()
    assert levels.converged
    root = np.linalg.cholesky(levels.covariance)
    for _ in range(12):
        there = levels.phi + 0.7 * root @ rng.standard_normal(len(levels.phi))
        value = posterior.at(levels.coordinates.psi(there), levels.point.effects, gradient=False).value
        assert value < levels.point.value + 0.2
