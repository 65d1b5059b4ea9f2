"""Words that results of forecasts share: target, training models, warnings, a table of estimates."""

from collections.abc import Iterable, Mapping, Sequence

from predictor.forecasts.estimates import Estimate, ForecastWarning, Target
from predictor.presentation import flops, html_table, percent, percent_range, plural, shown
from predictor.scores import LEVELS

__all__ = ["estimate_table", "target_words", "training_words", "warning_notes"]


def target_words(target: Target) -> str:
    """Return the target's name, where it has one, and its compute."""
    name = f"{shown(target.name, 60)}, " if target.name else ""
    return f"{name}{flops(target.flops)} FLOPs"


def training_words(train_models: Sequence[str], warnings: Sequence[ForecastWarning]) -> str:
    """Return how many models a forecast was made from, and how many warnings it has."""
    warned = f", {plural(len(warnings), 'warning')}" if warnings else ""
    return f"{plural(len(train_models), 'training model')}{warned}"


def warning_notes(warnings: Sequence[ForecastWarning]) -> list[str]:
    """Return the warnings as sentences below a table."""
    return [f"Warning: {warned.message}." for warned in warnings]


def estimate_table(title: str, estimates: Mapping[str, Estimate], notes: Iterable[str] = ()) -> str:
    """Return an HTML table of shares: for each estimate a row, its median and its intervals."""
    rows = [
        (name, percent(estimate.point), *(percent_range(*pair) for pair in estimate.intervals.values()))
        for name, estimate in estimates.items()
    ]
    heads = ("", "median", *(f"{level}% interval" for level in LEVELS))
    return html_table(title, heads, rows, notes)
