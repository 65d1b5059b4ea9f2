"""Two runs' pass@k at every k as figures and sentences; computed in a process of the pool."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from evaluator.metrics.pass_at_k import Count
from predictor import SampleCounts
from predictor.comparison.all_k import CurveComparison, compare_curves
from predictor.comparison.bands import Band
from predictor.comparison.beyond import DifferenceBeyond, forecast_difference
from predictor.comparison.order import Order
from predictor.comparison.pairs import pair_counts

__all__ = ["compare_at_every_k"]

_SIDES: Final = {"a": "A", "b": "B"}
_IN_TABLE: Final = 8  # so many values of k stand in the table below a figure


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
    pairs = pair_counts(_counts(names[0], a), _counts(names[1], b))
    found = compare_curves(pairs)
    beyond = None if up_to is None else forecast_difference(pairs, up_to)
    figures = [_curves(found), _difference(found)]
    return {
        "order": _order(found),
        "beyond": [] if beyond is None else _beyond(beyond),
        "warnings": [each.message for each in (*found.warnings, *(beyond.warnings if beyond else ()))],
        "figures": figures if beyond is None else [*figures, _forecast(beyond)],
        "fewest": found.fewest,
    }


def _counts(model: str, counts: Mapping[str, Count]) -> SampleCounts:
    sampled = {task: count for task, count in counts.items() if count.n}
    passes, samples = ([getattr(count, field) for count in sampled.values()] for field in ("c", "n"))
    return SampleCounts(model, tuple(sampled), np.array(passes, np.int64), np.array(samples, np.int64))


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


def _curves(found: CurveComparison) -> dict[str, Any]:
    at = _some(found.ks)
    curves = [
        {"name": f"{side} {model:.60}", "x": list(found.ks), "y": values.tolist(), "sampled": at}
        for side, model, values in zip("AB", found.models, (found.a, found.b), strict=True)
    ]
    return _over_k("pass@k of both", "pass@k") | {"curves": curves}


def _difference(found: CurveComparison) -> dict[str, Any]:
    figure = _over_k("Difference with simultaneous bands", "B − A")
    turns = [{"x": each.k, "low": each.low, "high": each.high} for each in found.order.crossings]
    line = _line(found.ks, found.difference.tolist(), found.band)
    return figure | {"signed": True, "line": line, "turns": turns}


def _forecast(found: DifferenceBeyond) -> dict[str, Any]:
    figure = _over_k(f"Forecast of the difference up to k = {found.up_to:,}", "B − A")
    return figure | {"signed": True, "line": _line(found.ks, found.band.middle.tolist(), found.band)}


def _over_k(title: str, quantity: str) -> dict[str, Any]:
    return {
        "title": title, "quantity": quantity, "rate": True, "log_value": False, "along": "k",
        "log_along": True,
    }  # fmt: skip


def _line(ks: Sequence[int], middle: list[float], band: Band) -> dict[str, Any]:
    ends = {str(level): [end.tolist() for end in band.at(level)] for level in (50, 80, 95)}
    return {"name": "B − A", "x": list(ks), "middle": middle, "intervals": ends, "sampled": _some(ks)}


def _some(ks: Sequence[int]) -> list[int]:
    """Places of a few k, evenly spaced on a log scale, the first and the last among them."""
    wanted = np.geomspace(ks[0], ks[-1], _IN_TABLE)
    return sorted({int(np.abs(np.array(ks) - k).argmin()) for k in wanted})
