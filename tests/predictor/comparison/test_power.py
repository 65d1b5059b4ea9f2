import numpy as np
import pytest
from scipy import stats

from predictor import ForecastError
from predictor.comparison.pairs import PairedCounts, pair_counts
from predictor.comparison.power import compare_power
from predictor.comparison.sampling_noise import overlap_weights, sampling_variance
from predictor.estimators import pass_at_k
from tests.predictor.comparison.truths import counts, drawn, shifted


@pytest.mark.parametrize(("n", "k", "taken"), [(6, 1, 6), (6, 3, 6), (8, 2, 3), (8, 4, 20), (9, 2, 2)])
@pytest.mark.parametrize("rate", [0.03, 0.4, 0.9])
def test_the_variance_is_exact_and_its_estimate_unbiased(n: int, k: int, taken: int, rate: float) -> None:
    """Against the sum over every outcome of `taken` samples, and over every outcome of the n that there are."""
    could = np.arange(taken + 1)
    value = pass_at_k(could, np.full(taken + 1, taken), k)
    chance = stats.binom.pmf(could, taken, rate)
    exact = chance @ value**2 - (chance @ value) ** 2
    seen = np.arange(n + 1)
    estimate = sampling_variance(seen, np.full(n + 1, n), k, taken)
    assert stats.binom.pmf(seen, n, rate) @ estimate == pytest.approx(exact, abs=1e-12)


def test_overlaps_are_hypergeometric() -> None:
    for k, taken in ((3, 10), (4, 5), (1, 1)):
        expected = stats.hypergeom.pmf(np.arange(k + 1), taken, k, k)
        assert overlap_weights(k, taken) == pytest.approx(expected)


def test_one_sample_has_the_textbook_variance() -> None:
    c, n = np.arange(9), np.full(9, 8)
    assert sampling_variance(c, n, 1, 8) == pytest.approx(c * (8 - c) / (64 * 7))


def test_noise_is_split_as_it_was_made_and_the_rest_follows() -> None:
    rng = np.random.default_rng(8)
    a, b = shifted(rng, 20_000)
    found = compare_power(drawn((a, b), 10, rng))
    assert found.from_problems == pytest.approx(np.var(b - a), rel=0.1)
    assert found.from_samples == pytest.approx(np.mean(a * (1 - a) + b * (1 - b)) / 10, rel=0.03)
    low, high = found.sample_share[1:]
    assert low < found.from_samples / found.variance < high
    by = {(cell.problems, cell.samples): cell.difference for cell in found.table}
    assert by[20_000, 10] == pytest.approx(found.detectable[0])
    assert by[80_000, 10] == pytest.approx(found.detectable[0] / 2, rel=1e-3)
    noise = found.from_problems + found.from_samples / 4
    assert by[20_000, 40] == pytest.approx(2.80159 * np.sqrt(noise / 20_000), rel=1e-3)
    assert by[20_000, None] < by[20_000, 100] < by[20_000, 10]


def test_the_detectable_difference_is_detected_four_times_in_five() -> None:
    """Student's test of simulated comparisons whose true difference is what was said to be detectable."""
    rng = np.random.default_rng(4)
    problems, n, runs = 100, 8, 1500
    base, tuned = shifted(rng, 200_000)
    gain = tuned - base
    noise = (base * (1 - base) + tuned * (1 - tuned)) / n
    said = compare_power(drawn((base, tuned), n, rng))
    smallest = said.detectable[0] * np.sqrt(len(base) / problems)
    variance = np.var(gain) + noise.mean()
    assert said.variance == pytest.approx(variance, rel=0.02)
    chosen = rng.integers(0, len(base), (runs, problems))
    seen = (rng.binomial(n, tuned[chosen]) - rng.binomial(n, base[chosen])) / n - gain.mean() + smallest
    t = seen.mean(axis=1) / (seen.std(axis=1, ddof=1) / np.sqrt(problems))
    found = float(np.mean(np.abs(t) > stats.t.ppf(0.975, problems - 1)))
    assert 0.76 < found < 0.84


def test_the_interval_of_the_detectable_difference_holds_the_true_one() -> None:
    rng = np.random.default_rng(6)
    n, problems, runs = 8, 164, 200
    base, tuned = shifted(rng, 400_000)
    true = compare_power(drawn((base, tuned), n, rng)).variance
    factor = stats.t.ppf(0.975, problems - 1) + stats.t.ppf(0.8, problems - 1)
    held = 0
    for _run in range(runs):
        low, high = compare_power(drawn(shifted(rng, problems), n, rng)).detectable[1:]
        held += low <= factor * np.sqrt(true / problems) <= high
    assert held / runs > 0.88


def test_too_few_samples_or_problems_are_refused() -> None:
    pairs = pair_counts(counts("a", [1, 0, 2, 3, 1], 5), counts("b", [1, 1, 2, 3, 1], 5))
    with pytest.raises(ForecastError, match="pass@3 with 5 sample"):
        compare_power(pairs, 3)
    few = PairedCounts(counts("a", [1, 0], 5), counts("b", [1, 1], 5))
    with pytest.raises(ForecastError, match="2 common problem"):
        compare_power(few)


def test_models_without_any_difference_show_none_and_do_not_fail() -> None:
    same = counts("a", [5] * 10, 5)
    found = compare_power(PairedCounts(same, same))
    assert found.detectable == (0.0, 0.0, 0.0)
    assert found.sample_share == (0.0, 0.0, 1.0)
