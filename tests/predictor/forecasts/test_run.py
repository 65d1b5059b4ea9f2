"""Forecasts of one run: what they say, refuse and warn of."""

from typing import Any

import numpy as np
import pytest

from predictor import ForecastError, RunSettings, TableError, TrainingRun, forecast_run
from predictor.tables.training_run import runs_from

SETTINGS = RunSettings(size=1000)


def run(*, last: int = 200, every: int = 4, noise: float = 0.01, ceiling: float = 0.85) -> TrainingRun:
    rng = np.random.default_rng(1)
    steps = np.arange(0.0, last + 1, every)
    score = ceiling - (ceiling - 0.25) / (1 + (steps / 30) ** 1.6)
    return TrainingRun("r", steps, np.clip(score + noise * rng.standard_normal(len(steps)), 0, 1), "acc")


def test_the_end_of_a_run_is_forecast_from_its_first_half() -> None:
    whole = run()
    forecast = forecast_run(whole, 200, until=100, settings=SETTINGS)
    low, high = forecast.value.intervals[95]
    assert low <= whole.score[-1] <= high
    assert forecast.value.point == pytest.approx(whole.score[-1], abs=0.04)
    assert forecast.ceiling is not None
    assert forecast.ceiling.intervals[95][0] < 0.85 < forecast.ceiling.intervals[95][1]
    assert forecast.seen == (100.0, 26)
    assert sum(member.weight for member in forecast.members.values()) == pytest.approx(1)
    assert forecast.settings["outcome_in_table"] is True
    assert [step for step, _estimate in forecast.curve][-1] == 200


def test_what_comes_after_the_part_that_may_be_used_changes_nothing() -> None:
    whole = run()
    cut = TrainingRun("r", whole.steps[:26], whole.score[:26], "acc")
    first = forecast_run(whole, 200, until=100, settings=SETTINGS).to_json()
    second = forecast_run(cut, 200, settings=SETTINGS).to_json()
    assert first["overall"] == second["overall"]
    assert second["settings"]["outcome_in_table"] is False  # type: ignore[index]


@pytest.mark.parametrize(
    ("whole", "step", "until", "words"),
    [
        (run(last=8), 100, None, "3 steps before step 100 do not show a curve; give at least 6"),
        (run(), 200, 24, "the ceiling is not identified by the 7 scores up to step 24"),
        (run(), 100, 100, "step 100 is not after step 100"),
        (run(last=40), 4000, None, "more than 10 times the last step seen, 40"),
        (run(noise=0, ceiling=0.25), 200, 100, "acc is 0.25 at every step seen"),
        (run(), 0, None, "0 steps before step 0"),
    ],
)
def test_what_cannot_be_known_is_refused_in_one_sentence(
    whole: TrainingRun, step: float, until: float | None, words: str
) -> None:
    with pytest.raises(ForecastError, match=words):
        forecast_run(whole, step, until=until, settings=SETTINGS)


def test_one_law_alone_and_the_last_value_alone() -> None:
    alone = forecast_run(run(), 200, until=120, method="last-value", settings=SETTINGS)
    assert alone.ceiling is None
    assert list(alone.members) == ["last-value"]
    assert list(forecast_run(run(), 200, until=120, method="power", settings=SETTINGS).members) == ["power"]
    with pytest.raises(ForecastError, match="unknown method"):
        forecast_run(run(), 200, method="guess")


def test_a_score_that_falls_and_few_steps_are_warned_of() -> None:
    whole = run(every=20)
    score = whole.score.copy()
    score[6] -= 0.1
    forecast = forecast_run(
        whole._replace(score=score), 200, until=120, method="last-value", settings=SETTINGS
    )
    assert {"few_steps", "non_monotone"} <= {warned.code for warned in forecast.warnings}


def test_runs_are_read_by_name_in_the_order_of_their_steps() -> None:
    cells = [
        {"run": name, "step": step, "acc": 0.1 + step / 100} for name in ("b", "a") for step in (10, 0, 5)
    ]
    runs = runs_from([*cells, {"run": "a", "step": 20, "acc": ""}], "acc")
    assert [each.name for each in runs] == ["b", "a"]
    assert runs[1].steps.tolist() == [0, 5, 10]
    assert runs[1].score == pytest.approx([0.1, 0.15, 0.2])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"acc": 78.4}, "acc is 78.4, more than 1; write shares, not percentages: 0.784"),
        ({"acc": "nan"}, "acc is 'nan'"),
        ({"step": 0}, "step 0 already stands in row 1"),
        ({"step": -4}, "step is -4"),
        ({"step": ""}, "'step' is missing or empty"),
    ],
)
def test_a_bad_row_is_named(change: dict[str, Any], words: str) -> None:
    cells: list[dict[str, Any]] = [{"step": step, "acc": step / 100} for step in range(5)]
    cells[3] |= change
    with pytest.raises(TableError, match="row 4") as caught:
        runs_from(cells, "acc")
    assert words in str(caught.value)


def test_a_missing_column_is_named_with_those_that_are_there() -> None:
    with pytest.raises(TableError, match=r"no column 'step'; the table has Step, acc"):
        runs_from([{"Step": 1, "acc": 0.5}], "acc")
    with pytest.raises(TableError, match="no column 'accuracy'"):
        runs_from([{"step": 1, "acc": 0.5}], "accuracy")
    with pytest.raises(TableError, match="blank in every row"):
        runs_from([{"step": 1, "acc": ""}], "acc")
    with pytest.raises(TableError, match="no rows"):
        runs_from([], "acc")
