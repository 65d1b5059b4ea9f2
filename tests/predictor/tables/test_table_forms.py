"""Tables as people have them: a path, a data frame, a list of dictionaries."""

from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from predictor import (
    Losses,
    PassCounts,
    PredictorError,
    TableError,
    backtest,
    forecast_accuracy,
    forecast_capability,
    forecast_loss,
    forecast_run,
    forecast_samples,
    read_counts,
)
from tests.predictor.example_rows import ACCURACY_ROWS, LOSS_ROWS, STEP_ROWS, count_rows
from tests.predictor.ladders import Simulated, simulate_ladder


@pytest.fixture(scope="module")
def ladder() -> Simulated:
    return simulate_ladder(7, problems=24, ahead=30.0)


def test_paths_frames_and_rows_give_the_same_table(ladder: Simulated, tmp_path: Path) -> None:
    rows = count_rows(ladder)
    frame = pd.DataFrame(rows)
    path = tmp_path / "counts.csv"
    frame.to_csv(path, index=False)
    tables = [
        PassCounts.of(each) for each in (rows, iter(rows), frame, pa.Table.from_pylist(rows), str(path))
    ]
    for table in (*tables, read_counts(path)):
        assert table.models == ladder.counts.models
        assert (table.passes == ladder.counts.passes).all()
    assert PassCounts.of(tables[0]) is tables[0]
    digests = {
        str(forecast_capability(each, "m4", method="last-value").settings["data_sha256"])
        for each in (frame, path, rows)
    }
    assert len(digests) == 1
    assert backtest(frame, methods=("last-value",)).rows == backtest(path, methods=("last-value",)).rows


def test_a_cell_without_a_value_is_missing(ladder: Simulated) -> None:
    frame = pd.DataFrame(LOSS_ROWS)
    frame.loc[3, "loss"] = float("nan")
    assert "m3" not in Losses.of(frame).models
    frame = pd.DataFrame(count_rows(ladder)).astype({"n": "Int64"})
    frame.loc[5, "n"] = pd.NA
    with pytest.raises(TableError, match="data frame, row 6: column 'n' is missing or empty"):
        PassCounts.of(frame)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (3, "must be a path, a data frame or a list of dictionaries, not int"),
        ({"model": "a"}, "must be a path, a data frame or a list of dictionaries, not dict"),
        (["a"], r"rows, row 1: 'a' is a str; give one dictionary for each row"),
        ("nothing.csv", "no such file"),
        (pd.DataFrame({"model": ["a"], "flops": [1e20], "n": [1], "c": [1]}), "'task_id' is missing"),
    ],
)
def test_what_is_no_table_is_refused_before_anything_is_fitted(given: Any, message: str) -> None:
    with pytest.raises(PredictorError, match=message):
        forecast_capability(given, "m4")
    with pytest.raises(PredictorError):
        forecast_loss(given, "m4", column="no such column")


def test_a_wrong_column_and_several_models_are_named(ladder: Simulated) -> None:
    with pytest.raises(TableError, match="no column 'accuracy'; the table has model, flops, acc"):
        forecast_accuracy(ACCURACY_ROWS, "m8", chance=0.25)
    two = [*STEP_ROWS, {"run": "s", "step": 1, "acc": 0.5}]
    with pytest.raises(TableError, match=r"the table holds 2 runs \(r, s\); give the name of one"):
        forecast_run(two, 200, column="acc")
    with pytest.raises(TableError, match="none of them is 'q'"):
        forecast_run(two, 200, column="acc", name="q")
    with pytest.raises(TableError, match="no column 'bpb'; the table has model, flops, loss"):
        forecast_loss(pd.DataFrame(LOSS_ROWS), "m8", column="bpb")
    with pytest.raises(TableError, match=r"the table holds 5 models \(m0, m1, m2, m3, m4\)"):
        forecast_samples(count_rows(ladder))
