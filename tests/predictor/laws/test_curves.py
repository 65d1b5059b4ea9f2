"""The laws of accuracy and of one run against integrals by brute force and against simulated truths."""

import numpy as np
import pytest
from scipy.special import expit

from predictor.laws.curves.accuracy import MEMBERS, AccuracyData, fit_accuracy
from predictor.laws.curves.posterior import posterior_of, student_log_density
from predictor.laws.curves.run import RUN_MEMBERS, RunData, fit_run


def test_the_posterior_agrees_with_a_sum_over_a_grid() -> None:
    """Two parameters, a curved likelihood: mean and spread by importance sampling and by 400 x 400 points."""
    x, y = np.linspace(-1, 1, 7), np.array([0.1, 0.15, 0.2, 0.35, 0.5, 0.62, 0.8])

    def fits(z: np.ndarray) -> np.ndarray:
        curve = expit(z[:, :1] + np.exp(z[:, 1:2]) * x)
        return student_log_density(y - curve, np.full((len(z), 1), 0.05))

    axis = np.linspace(-4, 4, 400)
    grid = np.stack(np.meshgrid(axis, axis, indexing="ij"), axis=-1).reshape(-1, 2)
    log = fits(grid) - 0.5 * np.sum(grid**2, axis=1)
    mass = np.exp(log - log.max())
    mass /= mass.sum()
    mean = mass @ grid
    sd = np.sqrt(mass @ (grid - mean) ** 2)

    found = posterior_of(fits, 2, np.random.default_rng(0))
    assert found.effective > 100
    found_mean = found.weight @ found.z
    assert found_mean == pytest.approx(mean, abs=0.15 * float(sd.max()))
    assert np.sqrt(found.weight @ (found.z - found_mean) ** 2) == pytest.approx(sd, rel=0.15)


def ladder(rng: np.random.Generator, truth: str) -> tuple[AccuracyData, np.ndarray, np.ndarray]:
    """Four sizes by five token counts and, fifty times beyond, three targets whose accuracy is known."""
    log_n = np.log(np.repeat([2e8, 4e8, 8e8, 1.6e9], 5))
    log_d = np.tile(np.log([4e9, 8e9, 16e9, 40e9, 80e9]), 4)
    far_n, far_d = np.log([7e9, 7e9, 13e9]), np.log([4e11, 1e12, 1e12])
    log_n, log_d = np.append(log_n, far_n), np.append(log_d, far_d)
    loss = 0.5 + 60 * np.exp(-0.25 * log_n) + 90 * np.exp(-0.25 * log_d)
    if truth == "size and data":
        theta = 2.2 - 3.2 * (loss - 0.5)
    else:
        theta = -1.5 + 0.3 * (log_n + log_d - log_n[:20].mean() - log_d[:20].mean())
    accuracy = 0.25 + 0.7 * expit(theta)
    shown = rng.binomial(2000, accuracy) / 2000
    logs = np.stack([np.log(6) + log_n + log_d, log_n, log_d], axis=1)
    noisy = loss * (1 + 0.005 * rng.standard_normal(len(loss)))
    return AccuracyData(logs[:20], shown[:20], noisy[:20], 0.25), logs[20:], accuracy[20:]


@pytest.mark.parametrize("name", MEMBERS)
def test_each_law_finds_the_accuracy_of_its_own_truth_fifty_times_beyond(name: str) -> None:
    truth = "compute" if name == "direct-compute" else "size and data"
    data, places, accuracy = ladder(np.random.default_rng(3), truth)
    law = fit_accuracy(name, data, np.random.default_rng(0))
    for place, expected in zip(places, accuracy, strict=True):
        draws = law.draws(place, 2000, np.random.default_rng(1))
        low, middle, high = np.quantile(draws, [0.01, 0.5, 0.99])
        assert low <= expected <= high
        assert middle == pytest.approx(expected, abs=0.08)
        assert draws.min() >= 0
        assert draws.max() <= 1


def test_a_known_ceiling_is_kept() -> None:
    data, places, _accuracy = ladder(np.random.default_rng(3), "compute")
    pinned = AccuracyData(data.logs, data.accuracy, None, 0.25, ceiling=0.7, questions=1e6)
    draws = fit_accuracy("direct-compute", pinned, np.random.default_rng(0)).draws(
        places[-1] + 20, 500, np.random.default_rng(1)
    )
    assert np.quantile(draws, 0.99) < 0.71


@pytest.mark.parametrize(
    ("name", "curve"),
    [
        ("sigmoid", lambda t: 0.85 - 0.6 / (1 + (t / 40) ** 1.6)),
        ("exponential", lambda t: 0.85 - 0.6 * np.exp(-t / 40)),
        ("power", lambda t: 0.85 - 0.6 * (1 + t / 20) ** -1.0),
    ],
)
def test_each_run_law_finds_the_end_of_its_own_truth(name: str, curve) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    rng = np.random.default_rng(5)
    steps = np.arange(0.0, 101.0, 4.0)
    data = RunData(steps, np.clip(curve(steps) + 0.01 * rng.standard_normal(len(steps)), 0, 1))
    law = fit_run(name, data, np.random.default_rng(0))
    draws = law.draws(np.array([150.0, 200.0]), 3000, np.random.default_rng(1))
    assert np.median(draws[:, 1]) == pytest.approx(float(curve(200.0)), abs=0.04)
    low, high = np.quantile(draws[:, 1], [0.01, 0.99])
    assert low <= curve(200.0) <= high
    assert np.ptp(np.quantile(draws[:, 1], [0.1, 0.9])) > np.ptp(np.quantile(draws[:, 0], [0.1, 0.9])) * 0.8


def test_the_last_value_walks_away_with_the_root_of_the_steps() -> None:
    rng = np.random.default_rng(2)
    steps = np.arange(0.0, 200.0)
    walk = 0.5 + np.cumsum(0.002 * rng.standard_normal(200))
    law = fit_run("last-value", RunData(steps, walk), np.random.default_rng(0))
    assert law.posterior is None
    draws = law.draws(np.array([300.0, 600.0]), 4000, np.random.default_rng(1))
    near, far = draws.std(axis=0)
    assert 1.5 < far / near < 2.5  # sqrt(401 / 101) = 1.99


def test_run_members_are_the_laws_that_can_be_fitted() -> None:
    data = RunData(np.arange(1.0, 9.0), np.linspace(0.1, 0.5, 8))
    assert [fit_run(name, data, np.random.default_rng(0)).name for name in RUN_MEMBERS] == list(RUN_MEMBERS)
