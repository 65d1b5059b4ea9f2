from collections.abc import Callable

import numpy as np
import pytest
import statsmodels.api as sm

from predictor import ForecastError, Settings, forecast_capability
from predictor.data import gpt4_figure_2
from predictor.estimators import neg_log_pass
from predictor.laws.power_law import fit_power_laws
from predictor.problem_buckets import bucket_problems, solved_by_all
from tests.predictor.ladders import Simulated


def test_figure_2_gives_the_published_line() -> None:
    points = gpt4_figure_2()
    laws = fit_power_laws(points.compute, points.value)
    assert float(np.exp(laws.log_alpha[0])) == pytest.approx(0.2717, abs=5e-5)
    assert float(laws.k[0]) == pytest.approx(0.1928, abs=5e-5)


def test_figure_2_holds_gpt4_inside_its_80_percent_interval() -> None:
    points = gpt4_figure_2()
    low, high = fit_power_laws(points.compute, points.value).interval(1.0, 0.8)[0]
    assert low < points.outcome < high


def test_the_line_and_its_interval_agree_with_statsmodels() -> None:
    rng = np.random.default_rng(0)
    flops = 10.0 ** np.array([18, 19, 19.5, 21, 22])
    y = np.exp(1 - 0.2 * np.log(flops / 1e20) + 0.1 * rng.standard_normal(5))
    laws = fit_power_laws(flops, y, reference=1e24)
    fitted = sm.OLS(np.log(y), sm.add_constant(np.log(flops))).fit()
    frame = fitted.get_prediction([[1.0, np.log(1e24)]]).summary_frame(alpha=0.2)
    assert laws.log_mean(1e24)[0] == pytest.approx(frame["mean"][0], rel=1e-9)
    assert np.log(laws.interval(1e24, 0.8)[0]) == pytest.approx(
        [frame["obs_ci_lower"][0], frame["obs_ci_upper"][0]]
    )
    assert laws.k_interval(0.95)[0] == pytest.approx(-fitted.conf_int()[1][::-1])


def test_joint_draws_have_the_margins_of_the_t_interval() -> None:
    rng = np.random.default_rng(1)
    flops = 10.0 ** np.arange(18, 24)
    y = np.exp(-0.2 * np.log(flops / 1e20)[:, None] + 0.1 * rng.standard_normal((6, 3)))
    laws = fit_power_laws(flops, y)
    drawn = np.quantile(laws.draws(1e25, 200_000, rng), [0.1, 0.9], axis=0).T
    assert drawn == pytest.approx(laws.interval(1e25, 0.8), rel=0.01)


@pytest.mark.parametrize(
    ("flops", "y", "says"),
    [
        ([1e20, 1e21], [2, 1], "needs 3 models and there are 2"),
        ([1e20] * 3, [3, 2, 1], "a slope needs two compute values"),
        ([1e20, 1e21, 1e22], [2, 1, 0], "is 0 or infinite"),
    ],
)
def test_what_carries_no_line_is_refused(flops: list[float], y: list[float], says: str) -> None:
    with pytest.raises(ForecastError, match=says):
        fit_power_laws(flops, y)


def test_buckets_drop_the_hardest_and_share_out_the_rest(ladder: Simulated) -> None:
    parts = bucket_problems(ladder.counts, buckets=6, drop_hardest=15)
    sizes = [len(bucket.problems) for bucket in parts.buckets]
    assert sum(sizes) == 45
    assert max(sizes) - min(sizes) <= 1
    mean = ladder.counts.passes.mean(axis=0)
    easy = [mean[bucket.problems].mean() for bucket in parts.buckets]
    assert easy == sorted(easy, reverse=True)
    assert mean[parts.dropped].mean() < easy[-1]


def test_the_report_excludes_what_it_does_not_speak_of(ladder: Simulated) -> None:
    counts, flops, _ = ladder
    forecast = forecast_capability(counts, flops, method="report")
    covered = {task for bucket in forecast.buckets for task in bucket.problems}
    assert covered | set(forecast.excluded) == set(counts.problems)
    assert covered <= set(np.array(counts.problems)[solved_by_all(counts)])


def test_choosing_problems_on_half_the_samples_leaves_luck_behind(simulate: Callable[..., Simulated]) -> None:
    """Problems chosen for having been solved look easier than they are, on the samples that chose them alone."""
    gaps = []
    for seed in range(10):
        counts = simulate(seed, samples=40, ahead=1000.0).counts
        chooser, fitter = counts.split_samples(np.random.default_rng(seed))
        chosen = solved_by_all(chooser)
        weakest = [
            neg_log_pass(half.passes[0, chosen], half.samples[0, chosen]).value.mean()
            for half in (chooser, fitter)
        ]
        gaps.append(weakest[1] - weakest[0])
    assert min(gaps) > 0.02


def test_a_split_forecast_fits_the_half_that_did_not_choose(simulate: Callable[..., Simulated]) -> None:
    counts, flops, _ = simulate(0, samples=60, ahead=100.0)
    split, plain = (
        forecast_capability(counts, flops, method="report", settings=Settings(split_samples=on))
        for on in (True, False)
    )
    assert split.settings["split_samples"] is True
    assert split.train_models == plain.train_models
    kept = [{task for bucket in forecast.buckets for task in bucket.problems} for forecast in (split, plain)]
    assert kept[0] < kept[1]
    assert split.buckets[0].law["alpha"] != plain.buckets[0].law["alpha"]
