"""Words that results of forecasts share: the training models, the warnings, a table of estimates."""

from collections.abc import Iterable, Mapping, Sequence

from predictor.forecasts.result import Estimate, ForecastWarning
from predictor.presentation import html_table, percent, percent_range, plural
from predictor.scores import LEVELS

__all__ = ["estimate_table", "training_words", "warning_notes"]


def training_words(train_models: Sequence[str], warnings: Sequence[ForecastWarning]) -> str:
    """How many models a forecast was made from, and how many warnings it has."""
    warned = f", {plural(len(warnings), 'warning')}" if warnings else ""
    return f"{plural(len(train_models), 'training model')}{warned}"


def warning_notes(warnings: Sequence[ForecastWarning]) -> list[str]:
    """The warnings as sentences below a table."""
    return [f"Warning: {warned.message}." for warned in warnings]


def estimate_table(title: str, estimates: Mapping[str, Estimate], notes: Iterable[str] = ()) -> str:
    """An HTML table of shares: a row for each estimate with its median and its intervals, as percentages."""
    rows = [
        (name, percent(estimate.point), *(percent_range(*pair) for pair in estimate.intervals.values()))
        for name, estimate in estimates.items()
    ]
    heads = ("", "median", *(f"{level}% interval" for level in LEVELS))
    return html_table(title, heads, rows, notes)
