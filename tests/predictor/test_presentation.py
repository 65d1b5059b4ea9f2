"""Results in a shell, in a notebook, as data frames and as figures."""

from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from predictor import (
    Accuracies,
    AccuracyForecast,
    AccuracySettings,
    Backtest,
    CapabilityForecast,
    CurveComparison,
    ForecastError,
    Losses,
    LossForecast,
    PassCounts,
    Registry,
    RunForecast,
    RunSettings,
    SampleCounts,
    SamplesForecast,
    Settings,
    Target,
    backtest_losses,
    compare_curves,
    forecast_accuracy,
    forecast_capability,
    forecast_difference,
    forecast_loss,
    forecast_run,
    forecast_samples,
    pair_counts,
    plan,
    problem_quality,
)
from predictor.presentation import html_table
from tests.predictor.example_rows import ACCURACY_ROWS, LOSS_ROWS, STEP_ROWS, count_rows
from tests.predictor.ladders import Simulated, simulate_ladder

SMALL = Settings(ks=(1,), size=200)
EVIL = "<script>alert(1)</script>\n\x1b[31m"


@pytest.fixture(scope="module")
def ladder() -> Simulated:
    return simulate_ladder(7, problems=24, ahead=30.0)


@pytest.fixture(scope="module")
def capability(ladder: Simulated) -> CapabilityForecast:
    return forecast_capability(ladder.counts, "m4", method="report", settings=SMALL)


@pytest.fixture(scope="module")
def loss() -> LossForecast:
    return forecast_loss(LOSS_ROWS, "m8", method="report")


@pytest.fixture(scope="module")
def samples(ladder: Simulated) -> SamplesForecast:
    rows = [row for row in count_rows(ladder) if row["model"] == "m2"]
    return forecast_samples(rows, (1, 10, 1000))


@pytest.fixture(scope="module")
def tested() -> Backtest:
    return backtest_losses(LOSS_ROWS, methods=("report", "last-value"))


@pytest.fixture(scope="module")
def accuracy() -> AccuracyForecast:
    settings = AccuracySettings(size=200)
    return forecast_accuracy(
        pd.DataFrame(ACCURACY_ROWS),
        "m8",
        chance=0.25,
        column="acc",
        method="direct-compute",
        settings=settings,
    )


@pytest.fixture(scope="module")
def run() -> RunForecast:
    settings = RunSettings(size=200)
    return forecast_run(
        pd.DataFrame(STEP_ROWS), 200, column="acc", until=120, method="power", settings=settings
    )


@pytest.fixture(scope="module")
def curves(ladder: Simulated) -> CurveComparison:
    rows = count_rows(ladder)
    return compare_curves(
        pair_counts(*(pd.DataFrame([row for row in rows if row["model"] == name]) for name in ("m1", "m3")))
    )


RESULTS = ["capability", "loss", "samples", "tested", "accuracy", "run", "curves"]


class Tags(HTMLParser):
    """The names of all elements, each of which must be closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.open: list[str] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, _attrs: object) -> None:
        self.found.add(tag)
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("name", RESULTS)
def test_a_result_is_one_line_a_small_table_and_a_figure(name: str, request: pytest.FixtureRequest) -> None:
    result = request.getfixturevalue(name)
    assert repr(result).startswith(f"{type(result).__name__}(")
    assert len(repr(result)) < 400
    assert "\n" not in repr(result)
    assert Tags(result._repr_html_()).found >= {"table", "td", "th"}
    assert len(result._repr_html_()) < 10_000
    assert result.plot()._repr_png_().startswith(b"\x89PNG")


def test_reprs_name_target_method_and_intervals(
    capability: CapabilityForecast, loss: LossForecast, tested: Backtest
) -> None:
    estimate = capability.overall["geometric_mean_pass"]
    low, high = estimate.intervals[80]
    said = f"geometric_mean_pass {estimate.point:.1%} (80% interval {100 * low:.1f}–{100 * high:.1f}%)"
    assert said in repr(capability)
    assert f"by {capability.method}" in repr(capability)
    assert repr(loss).startswith("LossForecast(m8, 1e22 FLOPs by report: loss ")
    assert repr(tested) == "Backtest(4 targets by 2 methods)"
    for part in (capability.buckets[0], estimate, tested.rows[0]):
        assert len(repr(part)) < 250


def test_tables_are_short_too(ladder: Simulated) -> None:
    counts, losses = ladder.counts, Losses.from_records(LOSS_ROWS, "loss")
    flops = counts.flops
    assert f"5 models, 24 problems, {flops[0]:.3g}".replace("e+", "e") in repr(counts)
    assert repr(losses) == "Losses(9 models, column 'loss', 1e18 to 1e22 FLOPs)"
    for table in (counts, losses):
        assert {"table"} <= Tags(table._repr_html_()).found
    assert (
        repr(SampleCounts.of(count_rows(ladder)[:24]))
        == "SampleCounts('m0', 24 problems with 100 samples each)"
    )
    assert len(repr(plan(counts, Target(1e23), width=0.2))) < 200


def test_text_from_tables_is_escaped_and_cut(ladder: Simulated) -> None:
    rows = count_rows(ladder, lambda name: f"{EVIL}{name}" + "x" * 300)
    counts = PassCounts.of(rows)
    target = counts.models[-1]
    forecast = forecast_capability(counts, target, method="last-value", settings=SMALL)
    for shown in (repr(counts), repr(forecast), counts._repr_html_(), forecast._repr_html_()):
        assert "\x1b" not in shown
        assert "x" * 100 not in shown
    assert "<script>" not in counts._repr_html_() + forecast._repr_html_()
    table = html_table(EVIL, (EVIL,), [(EVIL,)] * 25, [EVIL])
    assert Tags(table).found == {"div", "p", "strong", "table", "thead", "tbody", "tr", "th", "td"}
    assert "and 5 more rows" in table


def test_frames_hold_every_number(
    ladder: Simulated,
    capability: CapabilityForecast,
    loss: LossForecast,
    samples: SamplesForecast,
    tested: Backtest,
) -> None:
    frame = capability.to_pandas()
    assert set(frame["bucket"]) == {"all", *(bucket.name for bucket in capability.buckets)}
    row = frame[(frame["bucket"] == "all") & (frame["metric"] == "neg_mean_log_pass")].iloc[0]
    assert (row["low_80"], row["high_80"]) == capability.overall["neg_mean_log_pass"].intervals[80]
    single = forecast_capability(ladder.counts, "m4", settings=SMALL).to_pandas("problems")
    assert single["task_id"].nunique() == 24
    assert loss.to_pandas()["point"].tolist() == [loss.loss.point]
    assert samples.to_pandas()["k"].tolist() == [1, 10, 1000]
    assert np.isnan(samples.to_pandas()["unbiased"].iloc[2])
    assert len(tested.to_pandas()) == len(tested.rows)
    assert set(tested.to_pandas("summary")["method"]) == {"report", "last-value"}


def test_frames_of_curves_end_at_what_is_forecast(
    accuracy: AccuracyForecast, run: RunForecast, curves: CurveComparison, ladder: Simulated
) -> None:
    row = accuracy.to_pandas().iloc[0]
    assert (row["metric"], row["point"]) == ("acc", accuracy.accuracy.point)
    assert (row["low_80"], row["high_80"]) == accuracy.accuracy.intervals[80]
    last = run.to_pandas().iloc[-1]
    assert (last["step"], last["point"]) == (200, run.value.point)
    frame = curves.to_pandas()
    assert frame["k"].tolist() == list(curves.ks)
    assert frame["low_95"].to_numpy() == pytest.approx(curves.band.at(95)[0])
    beyond = forecast_difference(
        pair_counts(*([row for row in count_rows(ladder) if row["model"] == name] for name in ("m1", "m3"))),
        300,
    )
    assert beyond.to_pandas()["k"].iloc[-1] == 300
    assert f"{100 * beyond.band.middle[-1]:+.1f} points" in repr(beyond)
    assert "table" in Tags(beyond._repr_html_()).found


def test_reprs_of_curves_name_what_was_asked(
    accuracy: AccuracyForecast, run: RunForecast, curves: CurveComparison
) -> None:
    assert repr(accuracy).startswith("AccuracyForecast(m8, 1e23 FLOPs by direct-compute: acc ")
    assert repr(accuracy).endswith("; 8 training models)")
    assert repr(run).startswith("RunForecast(r, step 200 from 25 steps up to 120 by power: acc ")
    assert repr(curves).startswith("CurveComparison(a m1, b m3, 24 problems, k up to ")
    assert repr(accuracy.table) == "Accuracies(9 models, column 'acc', 1e19 to 1e23 FLOPs)"
    assert repr(run.table) == "TrainingRun('r', column 'acc', 41 steps from 0 to 200)"
    assert "table" in Tags(Accuracies.of(ACCURACY_ROWS, "acc")._repr_html_()).found


def test_problem_qualities_are_a_frame_of_the_problems(ladder: Simulated) -> None:
    rows = count_rows(ladder)
    found = problem_quality(
        [SampleCounts.of([row for row in rows if row["model"] == name]) for name in ladder.counts.models]
    )
    assert found.to_pandas()["task_id"].tolist() == [each.task_id for each in found.problems]
    assert repr(found).startswith("ProblemQualities(24 problems by 5 models: ")


def test_a_wrong_kind_of_frame_is_refused_in_a_sentence(
    capability: CapabilityForecast, tested: Backtest
) -> None:
    with pytest.raises(ForecastError, match="of='x': choose 'buckets' or 'problems'"):
        capability.to_pandas("x")  # type: ignore[arg-type]
    with pytest.raises(ForecastError, match="report does not forecast single problems; use 'buckets'"):
        capability.to_pandas("problems")
    with pytest.raises(ForecastError, match="of='x': choose 'targets' or 'summary'"):
        tested.to_pandas("x")  # type: ignore[arg-type]


def test_a_registry_takes_a_path_and_a_forecast_and_shows_its_entries(
    tmp_path: Path, ladder: Simulated
) -> None:
    registry = Registry(tmp_path / "log.jsonl")
    forecast = forecast_capability(ladder.counts, ladder.target_flops, method="last-value", settings=SMALL)
    made = registry.register(forecast)
    assert repr(made).startswith("Entry(1, forecast of ")
    assert f"pass@1 {forecast.overall['pass@1'].as_percent()}" in repr(made)
    outcome = registry.resolve(str(made.body["record_sha256"]), {"pass@1": 0.5})
    assert f"pass@1 predicted {forecast.overall['pass@1'].point:.1%}, observed 50.0%" in repr(outcome)
    for entry in registry.entries():
        assert len(repr(entry)) < 400
        assert "table" in Tags(entry._repr_html_()).found
    assert registry.verify() == []
    assert repr(registry) == f"Registry(FileLog({str(tmp_path / 'log.jsonl')!r}))"


def test_a_forecast_without_its_table_is_not_drawn(
    capability: CapabilityForecast, accuracy: AccuracyForecast, run: RunForecast
) -> None:
    from dataclasses import replace

    with pytest.raises(ForecastError, match="no table to draw; make it with forecast_capability"):
        replace(capability, table=None).plot()
    with pytest.raises(ForecastError, match="no table to draw; make it with forecast_accuracy"):
        replace(accuracy, table=None).plot()
    with pytest.raises(ForecastError, match="no run to draw; make it with forecast_run"):
        replace(run, table=None).plot()
