"""docs/backtest.md was made by the code that stands here, and says the same on every machine."""

from itertools import islice
from pathlib import Path

import pytest
from backtest_report import LADDERS, every_target
from regimes import METHODS, table_scores

from predictor import read_counts

REPORT = Path(__file__).parents[3] / "docs" / "backtest.md"
FORECAST, OUTCOME, CRPS = 5, 6, 7  # columns of the table of every target


def test_the_report_has_the_forecasts_of_the_present_methods() -> None:
    """From the smallest rungs of a trained ladder, two targets by every method."""
    counts = read_counts(LADDERS / "2028" / "counts.csv")
    found = islice(table_scores("R4", "ladder 2028", counts, decades=True), 2 * len(METHODS))
    rows = [line for line in every_target(found) if line.startswith("| ladder 20")]
    assert len(rows) == 2 * len(METHODS)
    written = {key(line): cells(line) for line in REPORT.read_text(encoding="utf-8").splitlines()}
    for line in rows:
        new, old = cells(line), written[key(line)]
        for column in (FORECAST, OUTCOME, CRPS):
            assert float(new[column]) == pytest.approx(float(old[column]), rel=1e-3, abs=2e-4), line


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("| ").split(" | ")]


def key(line: str) -> tuple[str, ...]:
    """The ladder, the largest training model, the target, how far it is, and the method."""
    return tuple(cells(line)[:FORECAST])
