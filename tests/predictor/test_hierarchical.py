from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from predictor import PassCounts
from predictor.laws.hierarchical import Design, Prior, Spreads, centre, find_mode
from predictor.laws.likelihood import Cells, Link, cells_of
from predictor.laws.posterior import fit_posterior, truncated_normal
from tests.predictor.ladders import Simulated

TINY = Spreads(difficulty=1e-3, slope=1e-3, model=1e-3, cell=1e-3, drift=1e-3)


def cells(passes: list[list[int]], samples: int, link: Link = Link.POWER) -> Cells:
    c = np.array(passes, dtype=float)
    return Cells(c, samples - c, np.full(c.shape, np.nan), 0.0, 0.0, link)


@pytest.mark.parametrize("link", list(Link))
@pytest.mark.parametrize("floor", [0.0, 0.02])
@pytest.mark.parametrize("with_nll", [False, True])
def test_gradient_and_curvature_are_the_derivatives(link: Link, floor: float, with_nll: bool) -> None:  # noqa: FBT001
    data = cells([[0, 3, 20]], 20, link)
    if with_nll:
        data = Cells(data.passes, data.failures, np.array([[1.5, np.nan, np.nan]]), 4.0, 0.0, link)
    eta, step = np.array([[1.0, 0.3, -2.0]]), 1e-4
    up, middle, down = (data.information(eta + s, floor) for s in (step, 0.0, -step))
    numeric = (up.log_likelihood - down.log_likelihood) / (2 * step)
    assert middle.gradient == pytest.approx(numeric, rel=1e-5, abs=1e-6)
    second = -(up.gradient - down.gradient) / (2 * step)
    exact = slice(1, None) if with_nll else slice(None)
    assert middle.curvature[:, exact] == pytest.approx(
        np.maximum(second, 1e-10)[:, exact], rel=1e-4, abs=1e-6
    )


@pytest.mark.parametrize("link", list(Link))
def test_links_undo_themselves(link: Link) -> None:
    m = np.array([1e-6, 0.1, 1.0, 20.0])
    assert link.neg_log_p(link.eta(m)) == pytest.approx(m, rel=1e-9)


def brute_force(data: Cells, x: np.ndarray, prior: Prior) -> tuple[np.ndarray, np.ndarray, float]:
    """Mean and sd of (k, mu) and the log evidence on a fine grid, with all spreads but theirs negligible."""
    k, mu = np.meshgrid(np.linspace(-0.6, 1.0, 641), np.linspace(-2.5, 2.5, 641), indexing="ij")
    eta = mu[..., None] - k[..., None] * x
    likelihood = data.information(eta.reshape(-1, len(x)), 0.0).log_likelihood.sum(axis=1)
    log_prior = stats.norm.logpdf(k, prior.k_mean, prior.k_sd) + stats.norm.logpdf(mu, 0, prior.level_sd)
    log_joint = likelihood.reshape(k.shape) + log_prior
    area = (k[1, 0] - k[0, 0]) * (mu[0, 1] - mu[0, 0])
    weight = np.exp(log_joint - log_joint.max())
    evidence = log_joint.max() + np.log(weight.sum() * area)
    weight /= weight.sum()
    mean = np.array([(weight * k).sum(), (weight * mu).sum()])
    sd = np.sqrt([(weight * (k - mean[0]) ** 2).sum(), (weight * (mu - mean[1]) ** 2).sum()])
    return mean, sd, float(evidence)


@pytest.mark.parametrize("passes", [[[2, 6, 11]], [[0, 1, 3]]])
def test_the_posterior_agrees_with_brute_force(passes: list[list[int]]) -> None:
    data, x, prior = cells(passes, 20), np.array([-2.0, 0.0, 2.0]), Prior()
    design = Design(x)
    mode = find_mode(data, design, TINY, prior)
    mean, sd, evidence = brute_force(data, x, prior)
    assert mode.converged
    assert mode.log_evidence == pytest.approx(evidence, abs=0.15)
    found = centre(mode, data, design, prior)
    assert found.fixed[:2] == pytest.approx(mean, abs=0.35 * float(sd.min()))
    assert np.sqrt(np.diag(np.linalg.inv(found.fixed_precision)))[:2] == pytest.approx(sd, rel=0.15)


def test_a_well_measured_ladder_gives_back_its_slope(simulate: Callable[..., Simulated]) -> None:
    counts, flops, truth = simulate(3, models=8, samples=2000, k=0.27)
    posterior = fit_posterior(cells_of(counts), np.log(counts.flops))
    prediction = posterior.predict(np.log(flops), 1000, np.random.default_rng(0))
    assert np.median(prediction.k) == pytest.approx(0.27, abs=0.02)
    assert np.log(np.median(prediction.neg_log_p.mean(axis=1)) / truth.mean()) == pytest.approx(0, abs=0.1)


def test_slopes_are_never_negative() -> None:
    worse = [
        {"model": f"m{j}", "task_id": t, "n": 50, "c": 40 - 12 * j, "flops": 10.0 ** (20 + j)}
        for j in range(3)
        for t in "abcd"
    ]
    counts = PassCounts.from_records(worse)
    posterior = fit_posterior(cells_of(counts), np.log(counts.flops))
    assert posterior.predict(np.log(1e23), 500, np.random.default_rng(0)).k.min() > 0


def test_likelihoods_of_solutions_stand_in_for_passes_too_rare_to_count(
    simulate: Callable[..., Simulated],
) -> None:
    counts, flops, truth = simulate(5, models=5, samples=20, top=2.0, ahead=10.0)
    plain = fit_posterior(cells_of(counts), np.log(counts.flops))
    rng = np.random.default_rng(0)
    simulated = simulate(5, models=5, samples=10**9, top=2.0, ahead=10.0).counts
    nll = -np.log((simulated.passes + 1e-9) / simulated.samples)
    measured = replace(counts, nll=np.exp(np.log(nll) + 0.05 * rng.standard_normal(nll.shape)))
    helped = fit_posterior(cells_of(measured), np.log(counts.flops))
    errors = [
        np.abs(np.log(np.median(p.predict(np.log(flops), 1000, rng).neg_log_p, axis=0) / truth)).mean()
        for p in (plain, helped)
    ]
    assert errors[1] < 0.7 * errors[0]


def test_a_likelihood_that_is_wildly_off_hardly_pulls(simulate: Callable[..., Simulated]) -> None:
    """Every tenth nll is e^5 too large, as a broken tokenizer would make it; the rest still help."""
    counts, flops, truth = simulate(5, models=5, samples=20, top=2.0, ahead=10.0)
    exact = simulate(5, models=5, samples=10**9, top=2.0, ahead=10.0).counts
    nll = -np.log((exact.passes + 1e-9) / exact.samples)
    nll = nll * np.exp(0.05 * np.random.default_rng(0).standard_normal(nll.shape))
    broken = nll.copy()
    broken[:, ::10] *= np.exp(5.0)

    def error(measured: np.ndarray | None) -> float:
        table = counts if measured is None else replace(counts, nll=measured)
        posterior = fit_posterior(cells_of(table), np.log(table.flops))
        drawn = posterior.predict(np.log(flops), 1000, np.random.default_rng(0)).neg_log_p
        return float(np.abs(np.log(np.median(drawn, axis=0) / truth)).mean())

    plain, clean, spoiled = error(None), error(nll), error(broken)
    assert max(clean, spoiled) < 0.9 * plain


def test_the_same_seed_gives_the_same_digits(ladder: Simulated) -> None:
    counts = ladder.counts
    twice = [
        fit_posterior(cells_of(counts), np.log(counts.flops), seed=3).predict(
            60.0, 50, np.random.default_rng(3)
        )
        for _ in range(2)
    ]
    assert (twice[0].neg_log_p == twice[1].neg_log_p).all()


def test_a_floor_is_found_where_there_is_one() -> None:
    rng = np.random.default_rng(0)
    x = np.linspace(0, 7, 7)
    eta = 0.5 + 1.2 * rng.standard_normal((40, 1)) - 0.8 * x
    c = rng.binomial(4000, np.exp(-0.05 - np.exp(eta)))
    data = Cells(c.astype(float), 4000.0 - c, np.full(c.shape, np.nan), 0.0, 0.0, Link.POWER)
    posterior = fit_posterior(data, x, with_floor=True, prior=Prior(k_mean=0.5, k_sd=0.5))
    assert posterior.modes[0].spreads.floor == pytest.approx(0.05, rel=0.2)


@pytest.mark.parametrize("mean", [-300.0, -38.0, -5.0, -0.5, 0.0, 0.5, 5.0, 38.0, 300.0])
def test_a_normal_cut_off_below_zero_is_scipys(mean: float) -> None:
    quantiles = np.concatenate([[0.0, 1e-12, 1e-3], np.linspace(0.01, 0.99, 99), [0.999, 1 - 1e-12]])
    expected = stats.truncnorm.ppf(quantiles, -mean / 0.7, np.inf, loc=mean, scale=0.7)
    assert truncated_normal(mean, 0.7, quantiles) == pytest.approx(expected, rel=1e-6, abs=1e-9)
