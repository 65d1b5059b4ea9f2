import numpy as np
import pytest

from predictor import ForecastError, SampleCounts, SamplesForecast, forecast_samples
from predictor.estimators import pass_at_k


def counts(passes: list[int] | np.ndarray, samples: int | np.ndarray, model: str = "") -> SampleCounts:
    c = np.asarray(passes, dtype=np.int64)
    n = np.broadcast_to(np.asarray(samples, dtype=np.int64), c.shape).copy()
    return SampleCounts(model, tuple(f"task/{i}" for i in range(len(c))), c, n)


def simulated(seed: int, samples: int = 32, problems: int = 120) -> tuple[SampleCounts, np.ndarray]:
    rng = np.random.default_rng(seed)
    rate = rng.beta(0.4, 1.0, problems)
    return counts(rng.binomial(samples, rate), samples), rate


@pytest.fixture(scope="module")
def found() -> SamplesForecast:
    return forecast_samples(simulated(1)[0], (1, 8, 32, 1000, 100_000), coverage=0.9)


def test_up_to_the_samples_the_forecast_is_the_unbiased_estimate(found: SamplesForecast) -> None:
    table = simulated(1)[0]
    assert set(found.unbiased) == {1, 8, 32}
    for k in (1, 8, 32):
        exact = pass_at_k(table.passes, table.samples, k).mean()
        assert found.unbiased[k] == pytest.approx(exact)
        low, high = found.pass_at[k].intervals[95]
        assert low - 0.01 < exact < high + 0.01
        assert found.pass_at[k].point == pytest.approx(exact, abs=0.025)


def test_intervals_nest_and_nothing_falls_with_k(found: SamplesForecast) -> None:
    last = (0.0,) * 7
    for estimate in found.pass_at.values():
        (low50, high50), (low80, high80), (low95, high95) = estimate.intervals.values()
        assert low95 <= low80 <= low50 <= estimate.point <= high50 <= high80 <= high95 <= 1
        row = (low95, low80, low50, estimate.point, high50, high80, high95)
        assert all(now >= before for now, before in zip(row, last, strict=True))
        last = row


def test_the_samples_for_a_coverage_agree_with_the_forecast_at_that_k(found: SamplesForecast) -> None:
    need = found.need
    assert need is not None
    assert need.samples is not None
    there = forecast_samples(simulated(1)[0], (need.samples,), coverage=0.9)
    assert there.pass_at[need.samples].point == pytest.approx(0.9, abs=0.01)
    low, high = need.intervals[80]
    assert low is not None
    assert low < need.samples
    assert high is None or high > need.samples


def test_a_coverage_that_the_samples_already_reach_needs_no_more_of_them() -> None:
    need = forecast_samples(counts([32] * 20 + [16] * 20, 32), (32,), coverage=0.7).need
    assert need is not None
    assert need.samples == 1
    assert need.never == 0


def truth_of(kind: str, rng: np.random.Generator) -> np.ndarray:
    """Pass rates of 120 problems from a known distribution."""
    if kind == "zero-inflated":
        return np.where(rng.random(120) < 0.25, 0.0, rng.beta(0.8, 1.5, 120))
    if kind == "power tail":
        tail = rng.random(120) ** (1 / 0.3)  # density p^(0.3 - 1)
        return np.where(rng.random(120) < 0.4, tail, rng.beta(3, 1.5, 120))
    return rng.beta(0.4, 1.0, 120)


@pytest.mark.slow
def test_the_intervals_hold_known_truths_about_as_often_as_they_say() -> None:
    inside = []
    for kind in ("beta", "zero-inflated", "power tail"):
        for seed in range(10):
            rng = np.random.default_rng([100, seed])
            rate = truth_of(kind, rng)
            truth = np.mean(-np.expm1(1000 * np.log1p(-np.minimum(rate, 1 - 1e-12))))
            spans = forecast_samples(counts(rng.binomial(16, rate), 16), (1000,), seed=seed).pass_at[1000]
            inside.append([low <= truth <= high for low, high in spans.intervals.values()])
    fifty, eighty, most = np.mean(inside, axis=0)
    # 30 sets: three standard errors are 27, 22 and 12 points.
    assert fifty >= 0.25
    assert eighty >= 0.6
    assert most >= 0.85


def test_more_samples_narrow_the_forecast() -> None:
    rate = np.random.default_rng(5).beta(0.4, 1.0, 100)
    width = []
    for samples in (8, 512):
        table = counts(np.random.default_rng(6).binomial(samples, rate), samples)
        low, high = forecast_samples(table, (1000,)).pass_at[1000].intervals[80]
        width.append(high - low)
    assert width[1] < 0.6 * width[0]


def test_the_unsolved_problems_are_sampled_next(found: SamplesForecast) -> None:
    at_ten_times = forecast_samples(simulated(1)[0], (320,))
    assert at_ten_times.next_samples[0].passes == 0
    assert all(0 < each.variance_removed <= 1 for each in at_ten_times.next_samples)
    assert sum(each.variance_removed for each in found.next_samples) <= 1


def test_uneven_samples_are_taken_as_they_are() -> None:
    table = simulated(3)[0]
    n = np.where(np.arange(120) % 2 == 0, 32, 4)
    c = np.random.default_rng(0).hypergeometric(table.passes, 32 - table.passes, n)
    mixed = forecast_samples(counts(c, n), (1, 4, 1000))
    assert mixed.samples == (4, 32)
    assert set(mixed.unbiased) == {1, 4}
    assert "few_samples" in {warned.code for warned in mixed.warnings}


def test_the_same_seed_gives_the_same_forecast(found: SamplesForecast) -> None:
    again = forecast_samples(simulated(1)[0], (1, 8, 32, 1000, 100_000), coverage=0.9)
    assert again.to_json() == found.to_json()


def test_a_forecast_far_beyond_the_samples_says_so(found: SamplesForecast) -> None:
    assert "far_beyond" in {warned.code for warned in found.warnings}


@pytest.mark.parametrize(
    ("unsolved", "k", "said"), [(10, 1000, True), (9, 1000, False), (40, 17, True), (40, 16, False)]
)
def test_problems_without_a_pass_are_warned_of_beyond_the_samples(unsolved: int, k: int, said: bool) -> None:  # noqa: FBT001
    table = counts([0] * unsolved + [8] * (50 - unsolved), 16)
    warnings = {warned.code: warned.message for warned in forecast_samples(table, (k,)).warnings}
    assert ("unsolved_problems" in warnings) is said
    if said:
        assert f"{unsolved} of 50 problems have no pass" in warnings["unsolved_problems"]


@pytest.mark.parametrize(
    ("passes", "samples", "ks", "coverage", "says"),
    [
        ([1], 16, (1000,), None, "1 problem"),
        ([1, 0, 1, 1, 0, 1], 1, (1000,), None, "one sample"),
        ([0] * 50, 64, (1000,), None, "no sample passed"),
        ([1] * 50, 64, (0,), None, "k = 0"),
        ([1] * 50, 64, (10**7,), None, "k = 10000000"),
        ([1] * 50, 64, (), None, "no k"),
        ([1] * 50, 64, (1000,), 1.5, "coverage 1.5"),
        ([1] * 50, 64, (1000,), float("nan"), "coverage nan"),
    ],
)
def test_what_cannot_be_known_is_refused(
    passes: list[int], samples: int, ks: tuple[int, ...], coverage: float | None, says: str
) -> None:
    with pytest.raises(ForecastError, match=says):
        forecast_samples(counts(passes, samples), ks, coverage=coverage)


def test_a_refusal_names_the_model() -> None:
    with pytest.raises(ForecastError, match="tiny: no sample passed"):
        forecast_samples(counts([0] * 50, 64, "tiny"), (1000,))


def test_a_set_where_everything_passes_is_forecast_to_pass() -> None:
    solved = forecast_samples(counts([16] * 40, 16), (1, 1000))
    assert solved.pass_at[1].point > 0.98
    assert solved.pass_at[1000].point > 0.995
