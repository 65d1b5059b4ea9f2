"""The latent-trend law against brute force: every integral and every posterior by another, slower way."""

from collections.abc import Callable

import numpy as np
import pytest
from scipy.special import logsumexp
from scipy.stats import norm

from predictor import PassCounts, Settings, forecast_capability
from predictor.laws.latent_trend.cells import Cells, cells_of, neg_log_p, with_floor
from predictor.laws.latent_trend.levels import LevelPosterior
from predictor.laws.latent_trend.prediction import LatentTrend, _tempered
from predictor.laws.latent_trend.problems import ProblemIntegrals
from predictor.laws.latent_trend.shape import Shape, ShapePrior
from predictor.laws.latent_trend.trend import Trend, TrendPrior
from tests.predictor.ladders import Simulated

SHAPE = Shape(difficulty=1.2, slope=0.06, correlation=-0.3, cell=0.25, link=0.2, floor=0.004)
X = np.array([-4.0, 0.0, 4.0])
LEVELS = np.array([1.1, 0.4, -0.3])


def cells(passes: list[list[int]], samples: int) -> Cells:
    c = np.array(passes, dtype=float)
    return Cells(c, samples - c, np.full(c.shape, np.nan))


def test_rates_lie_between_the_power_law_and_the_logistic() -> None:
    eta = np.linspace(-3, 3, 7)
    assert neg_log_p(eta, 1e-9) == pytest.approx(np.exp(eta), rel=1e-6)
    assert np.exp(-neg_log_p(eta, 1.0)) == pytest.approx(1 / (1 + np.exp(eta)))
    rate = np.random.default_rng(0).gamma(1 / 0.5, 0.5, 400_000)  # mean 1, variance 0.5
    mixed = [np.exp(-rate * np.exp(e)).mean() for e in eta]
    assert np.exp(-neg_log_p(eta, 0.5)) == pytest.approx(mixed, abs=2e-3)


@pytest.mark.parametrize("link", [1e-4, 0.3, 1.0])
def test_derivatives_of_a_cell_are_those_of_finite_differences(link: float) -> None:
    data = cells([[0, 3, 20, 19]], 20)
    eta, step = np.array([[1.7, 0.3, -2.0, -1.0]]), 1e-4
    up, here, down = (data.derivatives(eta + s, link) for s in (step, 0.0, -step))
    assert (up.value - down.value) / (2 * step) == pytest.approx(here.gradient, rel=1e-5, abs=1e-6)
    assert -(up.gradient - down.gradient) / (2 * step) == pytest.approx(here.curvature, rel=1e-5, abs=1e-6)
    assert -(up.curvature - down.curvature) / (2 * step) == pytest.approx(here.third, rel=1e-4, abs=1e-5)


def test_the_change_of_curvature_counts_the_likelihood_of_the_solution() -> None:
    """The curvature is that of a mixture, not minus the second derivative; `third` is the change of what it is."""
    passes = np.array([[0.0, 1.0, 2.0, 4.0]])
    data = Cells(passes, 50 - passes, np.log([[9.0, 3.0, 2.0, 0.5]]), nll_precision=4.0)
    eta, step = np.array([[1.7, 0.3, -2.0, -1.0]]), 1e-4
    up, here, down = (data.derivatives(eta + s, 0.4) for s in (step, 0.0, -step))
    assert (up.value - down.value) / (2 * step) == pytest.approx(here.gradient, rel=1e-5)
    assert -(up.curvature - down.curvature) / (2 * step) == pytest.approx(here.third, rel=1e-4)


def brute_log_z(passes: list[int], samples: int) -> float:
    """One problem's log Z on dense grids of a, d and every e."""
    a, d = np.meshgrid(np.linspace(-7, 7, 141), np.linspace(-0.4, 0.4, 61), indexing="ij")
    weight = norm_2d(a, d) * 0.1 * (0.8 / 60)
    z = np.linspace(-6, 6, 121)
    mass = norm.pdf(z) * 0.1
    log = np.log(weight + 1e-300)
    for j, c in enumerate(passes):
        zeta = with_floor(LEVELS[j] + a - d * X[j], SHAPE.floor)[0]
        m = neg_log_p(zeta[..., None] + SHAPE.cell * z, SHAPE.link)
        with np.errstate(divide="ignore", invalid="ignore"):
            fail = np.where(samples > c, (samples - c) * np.log(-np.expm1(-m)), 0.0)
        log = log + np.log((np.exp(fail - c * m) * mass).sum(axis=-1) + 1e-300)
    return float(logsumexp(log))


def norm_2d(a: np.ndarray, d: np.ndarray) -> np.ndarray:
    precision = np.linalg.inv(SHAPE.covariance)
    square = precision[0, 0] * a**2 + 2 * precision[0, 1] * a * d + precision[1, 1] * d**2
    return np.asarray(np.exp(-0.5 * square) * np.sqrt(np.linalg.det(precision)) / (2 * np.pi))


@pytest.mark.parametrize(
    "passes", [[0, 0, 0], [0, 1, 3], [2, 9, 15], [15, 14, 18], [20, 20, 20], [0, 0, 20], [18, 6, 0]]
)
def test_a_problem_is_integrated_out_as_on_a_dense_grid(passes: list[int]) -> None:
    found = ProblemIntegrals(cells([passes], 20), X).at(LEVELS, SHAPE)
    assert found.log_z[0] == pytest.approx(brute_log_z(passes, 20), abs=0.03)


def test_the_gradient_of_the_levels_is_that_of_finite_differences() -> None:
    data = cells([[0, 0, 0], [0, 1, 3], [2, 9, 15], [15, 14, 18], [60, 60, 60], [11, 30, 44]], 60)
    posterior = LevelPosterior(data, X, ShapePrior())
    psi = np.concatenate([LEVELS, [0.1, 0.6, -0.4, 0.5, 0.8, 0.3]])
    here = posterior.at(psi)
    for k, slope in enumerate(here.gradient):
        moved = [
            posterior.at(psi + sign * 1e-3 * (np.arange(9) == k), here.effects).value for sign in (1, -1)
        ]
        # The quadrature's own error moves with psi as well.
        assert (moved[0] - moved[1]) / 2e-3 == pytest.approx(slope, abs=0.03 + 0.02 * abs(slope)), k


def test_classes_are_integrated_over_every_assignment() -> None:
    data = cells([[0, 0, 0], [20, 20, 20], [2, 9, 15]], 20)
    posterior = LevelPosterior(data, X, ShapePrior())
    psi = np.concatenate([LEVELS, np.zeros(6)])
    here = posterior.at(psi)
    shape = ShapePrior().shape(psi[3:])
    integrals = ProblemIntegrals(data, X)
    alive, (sure, _) = integrals.at(LEVELS, shape).log_z, integrals.always(shape)
    shares, weight = ShapePrior().shares()
    total, living = 0.0, np.zeros(3)
    for (never, always), w in zip(shares, weight, strict=True):
        parts = np.stack([
            (1 - never - always) * np.exp(alive), never * np.array([1.0, 0.0, 0.0]), always * np.exp(sure)
        ])  # fmt: skip
        each = w * parts.sum(axis=0).prod()
        total += each
        living += each * parts[0] / parts.sum(axis=0)
    assert here.value == pytest.approx(np.log(total), abs=1e-8)
    assert here.classes.alive == pytest.approx(living / total, abs=1e-8)
    assert here.classes.always[1] > 0.1 > here.classes.always[0]


def test_levels_are_extrapolated_as_by_sampling_the_prior() -> None:
    """Importance sampling: lines, steps and walks drawn from the prior, weighted by the measured levels."""
    rng, size = np.random.default_rng(1), 400_000
    prior = TrendPrior(points=(3, 3, 3), level_sd=1.0)
    x, at = np.array([-2.0, 0.0, 2.0]), 5.0
    measured, error = np.array([0.5, 0.1, -0.2]), 0.15
    sizes, log_weight = prior.lattice()
    white, walk, bend = sizes[rng.choice(len(sizes), size, p=np.exp(log_weight))].T
    part = rng.choice(2, size, p=[p.weight for p in prior.k])
    mean, sd = np.array([p.mean for p in prior.k])[part], np.array([p.sd for p in prior.k])[part]
    k = mean + sd * norm.isf(norm.sf(-mean / sd) * rng.uniform(size=size))
    places = np.append(x, at)
    drift, slope = np.zeros((2, size))
    levels = []
    for step in np.diff(np.concatenate([[x[0]], places])):
        # An integrated walk over a step: its end and its slope are correlated normals.
        own, other = rng.standard_normal((2, size))
        levels_bend = slope * step + bend * np.sqrt(step**3) * (0.5 * own + other / np.sqrt(12))
        slope = slope + bend * np.sqrt(step) * own
        drift = drift + walk * np.sqrt(step) * rng.standard_normal(size) + levels_bend
        levels.append(drift)
    f = prior.level_sd * rng.standard_normal(size) - k * places[:, None]
    f = f + np.array(levels) + white * rng.standard_normal((4, size))
    weight = np.exp(-0.5 * (((measured[:, None] - f[:3]) / error) ** 2).sum(axis=0))
    order = np.argsort(f[3])
    exact = np.interp([0.1, 0.5, 0.9], np.cumsum(weight[order]) / weight.sum(), f[3][order])
    trend = Trend(x, at, prior)
    drawn = [
        trend.target(level, 40, rng)[0]
        for level in trend.levels(measured, error**2 * np.eye(3), 400, np.random.default_rng(2)).levels
    ]
    assert np.quantile(np.concatenate(drawn), [0.1, 0.5, 0.9]) == pytest.approx(exact, abs=0.06)
    slopes = np.concatenate([trend.target(level, 40, rng)[1] for level in [measured] * 50])
    assert (slopes >= 0).all()


def test_the_slope_is_expected_to_be_smaller_where_passes_are_rare() -> None:
    prior = TrendPrior()
    for frequent, part in zip(prior.at_level(0.2).k, prior.k, strict=True):
        assert frequent == pytest.approx(part, rel=0.01)
    for nats in (8.0, 16.0, 64.0):
        for rare, part in zip(prior.at_level(nats).k, prior.k, strict=True):
            assert rare.weight == part.weight
            assert rare.mean / rare.sd == pytest.approx(part.mean / part.sd)
            assert 0.8 * prior.rare < nats * rare.mean / part.mean < prior.rare


def test_three_models_that_rarely_pass_are_not_taken_for_a_leap() -> None:
    """Passes of one in a thousand or fewer, models off the line by a tenth, and a target 30 times beyond."""
    rng = np.random.default_rng(2)
    x = np.array([0.0, 1.2, 2.4])
    level = np.array([2.3, 1.9, 1.85])[:, None] + 0.3 * rng.standard_normal(60)
    passes = rng.binomial(10_000, np.exp(-np.exp(level))).T.astype(float)
    cells = Cells(passes, 10_000 - passes, np.full(passes.shape, np.nan))
    narrow, wide = (
        np.median(LatentTrend(cells, x, trend=prior).forecast(5.8, 800).neg_log_p.mean(axis=1))
        for prior in (TrendPrior(), TrendPrior(rare=1e9))
    )
    assert wide + 0.3 < narrow < np.exp(1.85) + 0.5


def test_a_problem_keeps_its_own_slope_near_the_data_and_forgets_it_far_beyond() -> None:
    rng = np.random.default_rng(0)
    x = np.linspace(0, 8, 6)
    d = np.where(np.arange(60) % 2, 0.15, -0.15)
    eta = 0.3 - (0.2 + d)[:, None] * (x - 4)
    passes = rng.binomial(400, np.exp(-np.exp(eta)))
    law = LatentTrend(Cells(passes.astype(float), 400.0 - passes, np.full(passes.shape, np.nan)), x)
    gaps = []
    for ahead in (0.5, 60.0):
        log_m = np.log(np.maximum(law.forecast(8 + ahead, 1500).neg_log_p, 1e-6))
        gaps.append((log_m[:, d < 0].mean() - log_m[:, d > 0].mean()) / (4 + ahead) / 0.3)
    assert gaps[0] == pytest.approx(1.0, abs=0.15)
    assert gaps[1] < 0.5


def test_the_80_percent_intervals_hold_simulated_truths(simulate: Callable[..., Simulated]) -> None:
    """The report's shape: few models, the target a thousandfold beyond them, problems that some never solve."""
    inside, error = [], []
    for seed in range(8):
        counts, flops, truth = simulate(
            [4, seed], problems=50, samples=60, ahead=1000.0, model=0.04, cell=0.1, slope=0.02, top=0.4
        )
        found = forecast_capability(counts, flops, settings=Settings(ks=(1,), size=1500)).overall
        low, high = found["pass@1"].intervals[80]
        inside.append(low <= np.exp(-truth).mean() <= high)
        error.append(np.log(found["neg_mean_log_pass"].point / truth.mean()))
    assert sum(inside) >= 5
    assert np.sqrt(np.mean(np.square(error))) < 0.35


@pytest.mark.parametrize("models", [3, 5])
def test_odd_tables_give_finite_forecasts(simulate: Callable[..., Simulated], models: int) -> None:
    """A model never sampled on half of the problems, problems never and always solved, two seeds of one size."""
    counts, flops, _ = simulate(models, problems=24, models=models, samples=12, top=2.0)
    passes, samples = counts.passes.copy(), counts.samples.copy()
    passes[:, :3], passes[:, 3:6] = 0, samples[:, 3:6]
    passes[0, 12:], samples[0, 12:] = 0, 0
    compute = (*counts.compute[:-2], counts.compute[-1], counts.compute[-1])
    odd = PassCounts.from_records([
        {
            "model": counts.models[j], "task_id": task, "n": int(samples[j, i]), "c": int(passes[j, i]),
            "flops": compute[j].flops,
        }
        for j in range(models)
        for i, task in enumerate(counts.problems)
        if samples[j, i]
    ])  # fmt: skip
    forecast = forecast_capability(odd, flops, settings=Settings(size=600))
    values = [e.point for e in forecast.overall.values()]
    values += [edge for e in forecast.overall.values() for pair in e.intervals.values() for edge in pair]
    assert np.isfinite(values).all()
    assert {"missing_cells", "never_solved", "always_solved"} <= {w.code for w in forecast.warnings}


def test_the_likelihood_of_the_solution_stands_in_for_rare_passes(simulate: Callable[..., Simulated]) -> None:
    """A hundred problems that nobody solves at 20 samples: the NLL says how far from solved they are."""
    counts, flops, truth = simulate(9, problems=60, models=6, samples=20, top=4.0, ahead=10.0)
    rng = np.random.default_rng(0)
    known = simulate(9, problems=60, models=6, samples=10**6, top=4.0, ahead=10.0).counts
    rate = np.maximum(known.passes, 0.3) / known.samples
    nll = -np.log(rate) * np.exp(0.4 + 0.1 * rng.standard_normal(rate.shape))
    helped = PassCounts(**{name: getattr(counts, name) for name in counts.__slots__} | {"nll": nll})
    assert cells_of(helped).nll_precision > 5
    errors = []
    for table in (counts, helped):
        points = forecast_capability(table, flops, settings=Settings(size=800)).problems
        found = np.array([points[task]["pass@1"].point for task in table.problems])
        errors.append(np.abs(np.log(np.maximum(found, 1e-6)) + truth).mean())
    assert errors[1] < 0.8 * errors[0]


def test_no_point_speaks_for_more_than_four_shares() -> None:
    even = _tempered(np.random.default_rng(0).normal(0, 0.3, 48))
    assert even == pytest.approx(np.exp(np.random.default_rng(0).normal(0, 0.3, 48)) / 48, rel=0.2)
    for lonely in (np.append(np.zeros(47), 900.0), np.append(np.zeros(47), 30.0)):
        assert _tempered(lonely).max() <= 4 / 48
        assert _tempered(lonely).sum() == pytest.approx(1)
