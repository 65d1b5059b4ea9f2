"""Two runs' pass@k at every k as figures and sentences; computed in a process of the pool."""

from collections.abc import Mapping
from typing import Any, Final

from evaluator.metrics.pass_at_k import Count
from evaluator.service.comparison_figures import (
    beyond_figure,
    counts_of_problems,
    curves_figure,
    difference_figure,
)
from predictor.comparison.all_k import CurveComparison, compare_curves
from predictor.comparison.beyond import DifferenceBeyond, forecast_difference
from predictor.comparison.order import Order
from predictor.comparison.pairs import pair_counts

__all__ = ["compare_at_every_k"]

_SIDES: Final = {"a": "A", "b": "B"}


def compare_at_every_k(
    a: Mapping[str, Count], b: Mapping[str, Count], names: tuple[str, str], up_to: int | None
) -> dict[str, Any]:
    """Compare two models' pass counts at every k, and beyond the samples up to `up_to`.

    Returns:
        `order` and `beyond`: sentences; `warnings`; and `figures`: both curves, their difference, and the
        forecast of the difference where `up_to` is given.

    Raises:
        ForecastError: fewer than five common problems, or counts that say nothing of k beyond the samples.
    """
    pairs = pair_counts(counts_of_problems(names[0], a), counts_of_problems(names[1], b))
    found = compare_curves(pairs)
    beyond = None if up_to is None else forecast_difference(pairs, up_to)
    figures = [curves_figure(found), difference_figure(found)]
    return {
        "order": _order(found),
        "beyond": [] if beyond is None else _beyond(beyond),
        "warnings": [each.message for each in (*found.warnings, *(beyond.warnings if beyond else ()))],
        "figures": figures if beyond is None else [*figures, beyond_figure(beyond)],
        "fewest": found.fewest,
    }


def _order(found: CurveComparison) -> list[str]:
    where = "at every k" if found.fewest > 1 else "at k = 1"
    order = found.order.order
    if order is Order.A_AHEAD or order is Order.B_AHEAD:
        return [f"{'A' if order is Order.A_AHEAD else 'B'} is better {where} up to {found.fewest:,}."]
    said = [
        f"{_SIDES[each.ahead]} is better for k from {each.first:,} to {each.last:,}."
        for each in found.order.stretches
    ]
    said += [
        f"{_SIDES[each.ahead_after]} is better from k = {each.k:,} on "
        f"(95% interval {each.low:,}–{each.high:,})."
        for each in found.order.crossings
    ]
    return said or [f"No clear difference {where} up to {found.fewest:,}: the 95% band includes zero."]


def _beyond(found: DifferenceBeyond) -> list[str]:
    said = [f"At k = {found.up_to:,}, B is ahead with a probability of {found.b_ahead:.0%}."]
    if found.turn is not None:
        low, high = found.turn_intervals[80]
        upper = f"beyond {found.up_to:,}" if high is None else f"{high:,}"
        said.append(
            f"The order of k = 1 turns at about k = {found.turn:,} (80% interval {low:,} to {upper})."
        )
    else:
        said.append(f"The order of k = 1 most likely stays up to k = {found.up_to:,}.")
    return said
