"""Figures of two models compared at every k, as plain values; `forecast_figures` says what a figure has.

Beside that, `curves` are lines by name, `signed` values are differences in points, and `turns` are places on
the horizontal axis, each with an interval.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from evaluator.metrics.pass_at_k import Count
from evaluator.service.forecast_figures import Figure
from predictor import SampleCounts
from predictor.comparison.all_k import CurveComparison
from predictor.comparison.bands import Band
from predictor.comparison.beyond import DifferenceBeyond

__all__ = ["beyond_figure", "comparison_figures", "counts_of_problems", "curves_figure", "difference_figure"]

_IN_TABLE: Final = 8  # so many values of k stand in the table below a figure


def comparison_figures(found: CurveComparison, beyond: DifferenceBeyond) -> list[dict[str, Figure]]:
    """Return the figures of a forecast of kind `comparison`: the forecast, then what the samples show."""
    metric = f"pass@{beyond.up_to}:b-a"
    forecast = {"x": beyond.up_to, "name": "on these very problems", "metrics": [metric], "outcome": None}
    figure = beyond_figure(beyond) | {"forecasts": [forecast | beyond.here.difference.to_json()]}
    return [{"rate": figure}, {"rate": curves_figure(found)}, {"rate": difference_figure(found)}]


def counts_of_problems(model: str, counts: Mapping[str, Count]) -> SampleCounts:
    """Return a run's counts as the predictor takes them; problems without samples are left out."""
    sampled = {task: count for task, count in counts.items() if count.n}
    passes, samples = ([getattr(count, field) for count in sampled.values()] for field in ("c", "n"))
    return SampleCounts(model, tuple(sampled), np.array(passes, np.int64), np.array(samples, np.int64))


def curves_figure(found: CurveComparison) -> Figure:
    """Return pass@k of both models over k."""
    at = _some(found.ks)
    curves = [
        {"name": f"{side} {model:.60}", "x": list(found.ks), "y": values.tolist(), "sampled": at}
        for side, model, values in zip("AB", found.models, (found.a, found.b), strict=True)
    ]
    return _over_k("pass@k of both", "pass@k") | {"curves": curves}


def difference_figure(found: CurveComparison) -> Figure:
    """Return the difference over k with its simultaneous bands, and where the order turns."""
    figure = _over_k("Difference with simultaneous bands", "B − A")
    turns = [{"x": each.k, "low": each.low, "high": each.high} for each in found.order.crossings]
    line = _line(found.ks, found.difference.tolist(), found.band)
    return figure | {"signed": True, "line": line, "turns": turns}


def beyond_figure(found: DifferenceBeyond) -> Figure:
    """Return the forecast of the difference beyond the samples, with its bands."""
    figure = _over_k(f"Forecast of the difference up to k = {found.up_to:,}", "B − A")
    return figure | {"signed": True, "line": _line(found.ks, found.band.middle.tolist(), found.band)}


def _over_k(title: str, quantity: str) -> Figure:
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
