"""Figures over k: a model's pass@k beyond its samples, and two models' curves with their difference."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from predictor.comparison.all_k import CurveComparison
from predictor.comparison.beyond import DifferenceBeyond
from predictor.errors import PredictorError
from predictor.forecasts.samples_result import SamplesForecast
from predictor.plots.canvas import BLUE, GREY, SHADES, VERMILION, figure_in
from predictor.scores import LEVELS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["COMPARISON_SIZE", "comparison_on", "draw_comparison", "draw_samples"]

COMPARISON_SIZE = (6.2, 5.6)


def draw_samples(forecasts: Sequence[SamplesForecast], path: str | Path) -> Path:
    """Draw one panel per model: the forecast with its bands, the unbiased estimates up to the samples.

    Raises:
        PredictorError: there is no forecast, or the path ends in none of .svg, .png and .pdf.
    """
    if not forecasts:
        raise PredictorError("there is no forecast to draw; give a table with at least one model")
    columns = min(len(forecasts), 3)
    rows = -(-len(forecasts) // columns)
    with figure_in(path, (3.6 * columns + 0.8, 2.9 * rows + 0.6)) as figure:
        grid = figure.subplots(rows, columns, sharey=True, squeeze=False)
        for number, axes in enumerate(grid.flat):
            axes.set_visible(number < len(forecasts))
            if number < len(forecasts):
                _draw_forecast(axes, forecasts[number])
        grid[0, 0].legend(frameon=False, fontsize=8.5)
    return Path(path)


def draw_comparison(found: CurveComparison, beyond: DifferenceBeyond | None, path: str | Path) -> Path:
    """Draw both curves, and below them the difference with its simultaneous bands and where the order turns.

    Raises:
        PredictorError: the path ends in none of .svg, .png and .pdf.
    """
    with figure_in(path, COMPARISON_SIZE) as figure:
        comparison_on(figure, found, beyond)
    return Path(path)


def comparison_on(figure: "Figure", found: CurveComparison, beyond: DifferenceBeyond | None) -> None:
    """Draw the two panels of `draw_comparison` on an empty figure."""
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(1, 1.2))
    above.plot(found.ks, 100 * found.a, "--", color=VERMILION, label=f"A {found.models[0]:.40}")
    above.plot(found.ks, 100 * found.b, color=BLUE, label=f"B {found.models[1]:.40}")
    above.set_ylabel("pass@k (%)")
    above.legend(frameon=False, fontsize=8.5)
    for level in sorted(LEVELS, reverse=True):
        low, high = found.band.at(level)
        below.fill_between(
            found.ks, 100 * low, 100 * high, color=SHADES[level], linewidth=0, label=f"{level}% band"
        )
    below.plot(found.ks, 100 * found.difference, color=BLUE, label="B $-$ A, unbiased")
    if beyond is not None:
        _draw_beyond(below, beyond)
    for crossing in found.order.crossings:
        below.errorbar(
            [crossing.k], [0], xerr=[[crossing.k - crossing.low], [crossing.high - crossing.k]],
            fmt="D", color="black", markersize=5, capsize=3, label="order turns, 95%",
        )  # fmt: skip
    below.axhline(0, color=GREY, linewidth=0.8)
    below.set_ylabel("B $-$ A (points)")
    below.set_xlabel("k")
    below.legend(frameon=False, fontsize=8.5)
    for axes in (above, below):
        _over_k(axes)


def _draw_forecast(axes: "Axes", forecast: SamplesForecast) -> None:
    ks = list(forecast.curve)
    for level in sorted(LEVELS, reverse=True):
        ends = np.array([estimate.intervals[level] for estimate in forecast.curve.values()])
        axes.fill_between(
            ks, 100 * ends[:, 0], 100 * ends[:, 1], color=SHADES[level], linewidth=0, label=f"{level}%"
        )
    middle = [100 * estimate.point for estimate in forecast.curve.values()]
    axes.plot(ks, middle, "--", color=BLUE, label="forecast")
    observed = [100 * value for value in forecast.observed.values()]
    axes.plot(list(forecast.observed), observed, "o", color="black", markersize=3, label="unbiased")
    axes.axvline(forecast.samples[0], color=GREY, linewidth=0.8, linestyle=":")
    axes.set_title(f"{forecast.model or 'pass@k':.40}", fontsize=10, loc="left")
    axes.set_xlabel("k (dotted: samples of each problem)", fontsize=8.5)
    axes.set_ylabel("pass@k (%)")
    _over_k(axes)


def _draw_beyond(axes: "Axes", beyond: DifferenceBeyond) -> None:
    """Only the part beyond the samples, in another colour: it rests on mixing distributions."""
    past = np.array(beyond.ks) >= beyond.fewest
    ks = np.array(beyond.ks)[past]
    low, high = beyond.band.at(95)
    axes.fill_between(ks, 100 * low[past], 100 * high[past], color="#F6DFCF", linewidth=0,
                      label="95% band, mixture")  # fmt: skip
    axes.plot(ks, 100 * beyond.band.middle[past], ":", color=VERMILION, label="B $-$ A, mixture")


def _over_k(axes: "Axes") -> None:
    axes.set_xscale("log")
    axes.set_axisbelow(True)
    axes.grid(visible=True, which="major", color="#DDDDDD", linewidth=0.6)
    axes.tick_params(which="both", color=GREY)
