import numpy as np
import pytest
from scipy.special import betaln
from scipy.stats import beta as beta_distribution

from predictor.laws.solve_rates.families import FAMILIES, beta_masses, bumps
from predictor.laws.solve_rates.grid import RateGrid
from predictor.laws.solve_rates.mixture import MEMBERS, fit_solve_rates
from predictor.laws.solve_rates.posterior import Cells, fit_family, fit_finite_mixture, held_back_score

GRID = RateGrid.for_samples(64)


@pytest.mark.parametrize(("a", "b"), [(0.3, 2.0), (1.0, 1.0), (5.0, 0.4), (0.05, 0.5)])
def test_masses_of_a_beta_are_those_of_its_distribution_function(a: float, b: float) -> None:
    masses = beta_masses(GRID, np.array([a]), np.array([b]))[0]
    edges = 1 / (1 + np.exp(-(GRID.logit[:-1] + GRID.step / 2)))
    assert masses[:-1].cumsum()[1:-1] == pytest.approx(beta_distribution.cdf(edges, a, b), abs=2e-3)
    assert masses.sum() == pytest.approx(1)


@pytest.mark.parametrize(("a", "b", "k"), [(0.3, 2.0, 10), (0.3, 2.0, 1000), (2.0, 3.0, 4), (0.1, 0.3, 500)])
def test_pass_at_k_of_a_beta_is_the_exact_one(a: float, b: float, k: int) -> None:
    exact = -np.expm1(betaln(a, b + k) - betaln(a, b))
    masses = beta_masses(GRID, np.array([a]), np.array([b]))[0]
    assert masses @ GRID.pass_at([k])[:, 0] == pytest.approx(exact, abs=1e-3)


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_every_family_gives_masses_that_sum_to_one_over_its_whole_prior(family) -> None:  # noqa: ANN001
    z = 3 * np.random.default_rng(0).standard_normal((500, family.parameters))
    masses = family.masses(GRID, z)
    assert masses.sum(axis=1) == pytest.approx(np.ones(500))
    assert masses.min() >= 0


def test_the_components_of_the_finite_mixture_are_distributions_and_hold_both_ends() -> None:
    components = bumps(GRID)
    assert components.sum(axis=1) == pytest.approx(np.ones(len(components)))
    assert components[0, 0] == 1
    assert components[-1, -1] == 1


def counts(seed: int, problems: int = 120, samples: int = 32) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    n = np.full(problems, samples)
    return rng.binomial(n, rng.beta(0.5, 1.5, problems)), n


def test_the_posterior_of_the_beta_family_is_that_of_a_brute_force_lattice() -> None:
    passes, samples = counts(1)
    fitted = fit_family(FAMILIES[0], GRID, Cells.of(passes, samples), np.random.default_rng(2))
    value = fitted.masses @ GRID.pass_at([1, 1000])
    mean = fitted.weight @ value
    sd = np.sqrt(fitted.weight @ (value - mean) ** 2)
    # The same prior on a fine lattice, the beta-binomial likelihood and pass@k in closed form.
    z = np.stack(np.meshgrid(np.linspace(-2, 1.5, 141), np.linspace(-2, 2, 161), indexing="ij"), -1).reshape(
        -1, 2
    )
    size, share = np.exp(0.7 + 1.2 * z[:, 1]), 1 / (1 + np.exp(-2 * z[:, 0]))
    a, b = size * share, size * (1 - share)
    log = -0.5 * (z**2).sum(axis=1)
    cells = Cells.of(passes, samples)
    for c, n, problems in zip(cells.passes, cells.samples, cells.problems, strict=True):
        log += problems * (betaln(a + c, b + n - c) - betaln(a, b))
    weight = np.exp(log - log.max())
    weight /= weight.sum()
    exact = np.stack([a / (a + b), -np.expm1(betaln(a, b + 1000) - betaln(a, b))], axis=1)
    exact_mean = weight @ exact
    exact_sd = np.sqrt(weight @ (exact - exact_mean) ** 2)
    assert mean == pytest.approx(exact_mean, abs=0.2 * exact_sd.min())
    assert sd == pytest.approx(exact_sd, rel=0.15)


def test_the_finite_mixture_finds_two_groups_of_problems() -> None:
    passes = np.repeat([0, 32], 60)
    fitted = fit_finite_mixture(GRID, Cells.of(passes, np.full(120, 64)), np.random.default_rng(0))
    masses = fitted.weight @ fitted.masses
    middle = (GRID.rate > 0.15) & (GRID.rate < 0.85)
    assert masses[middle].sum() == pytest.approx(0.5, abs=0.12)
    assert masses[GRID.rate < 0.02].sum() == pytest.approx(0.5, abs=0.12)


def test_the_held_back_score_prefers_the_distribution_that_made_the_counts() -> None:
    passes, samples = counts(3, problems=400)
    half = samples // 2
    some = np.random.default_rng(0).hypergeometric(passes, samples - passes, half)
    cells = Cells.of(some, half)
    right = fit_family(FAMILIES[0], GRID, cells, np.random.default_rng(1))
    flat = right._replace(masses=beta_masses(GRID, np.array([50.0]), np.array([50.0])), weight=np.ones(1))
    scores = [held_back_score(each, GRID, (some, half), (passes, samples)) for each in (right, flat)]
    assert scores[0] > scores[1] + 10


def test_draws_keep_to_what_each_problem_showed() -> None:
    passes, samples = np.repeat([0, 16, 30], [20, 10, 10]), np.full(40, 32)
    rates = fit_solve_rates(passes, samples, np.random.default_rng(0))
    draws = rates.draws(400, np.random.default_rng(1))
    assert draws.share.sum(axis=1) == pytest.approx(np.ones(400))
    assert draws.by_kind.sum(axis=1) == pytest.approx(np.ones(3))
    means = draws.by_kind @ rates.grid.rate
    assert means == pytest.approx([0.01, 0.5, 0.92], abs=0.05)
    assert draws.share @ rates.grid.rate == pytest.approx(np.full(400, 14.2 / 40), abs=0.08)
    assert sum(rates.weights.values()) == pytest.approx(1)
    assert set(rates.weights) == set(MEMBERS)


def test_the_chains_of_the_finite_mixture_are_long_enough_that_two_seeds_agree() -> None:
    rng = np.random.default_rng(4)
    passes = rng.binomial(64, 1 / (1 + np.exp(-rng.normal(-6, 2, 120))))
    cells = Cells.of(passes, np.full(120, 64))
    likelihood = GRID.likelihood(cells.passes, cells.samples)
    found = []
    for seed in (1, 2):
        fitted = fit_finite_mixture(GRID, cells, np.random.default_rng(seed))
        given = fitted.masses[:, None, :] * likelihood
        each = given @ GRID.pass_at([1000])[:, 0] / given.sum(axis=2)
        found.append(fitted.weight @ each @ cells.problems / 120)
    assert found[0] == pytest.approx(found[1], abs=0.04)
