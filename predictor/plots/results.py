"""The figure of a result, as its `plot()` returns it."""

from typing import TYPE_CHECKING

from predictor.backtest.summary import Backtest
from predictor.comparison.all_k import CurveComparison
from predictor.comparison.beyond import DifferenceBeyond
from predictor.errors import ForecastError
from predictor.forecasts.accuracy_result import AccuracyForecast
from predictor.forecasts.result import CapabilityForecast, LossForecast
from predictor.forecasts.run_result import RunForecast
from predictor.forecasts.samples_result import SamplesForecast
from predictor.plots.canvas import BLUE, GREY, SHADES, VERMILION, styled
from predictor.plots.curves import accuracy_panel, run_panel
from predictor.plots.panels import capability_panels, loss_panel
from predictor.plots.pass_at_k import COMPARISON_SIZE, comparison_on
from predictor.plots.render import figure_of
from predictor.scores import LEVELS

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = [
    "accuracy_figure",
    "backtest_figure",
    "capability_figure",
    "comparison_figure",
    "loss_figure",
    "run_figure",
    "samples_figure",
]

_COLOURS = (BLUE, VERMILION, "#009E73", "#CC79A7", "#E69F00", "#56B4E9", GREY)
_SHAPES = "osD^vPX"


def capability_figure(forecast: CapabilityForecast) -> "Figure":
    """Draw one panel for each bucket; see `predictor.plots.panels.capability_panels`."""
    if forecast.table is None:
        raise ForecastError("this forecast has no table to draw; make it with forecast_capability")
    return figure_of(capability_panels(forecast.table, forecast))


def loss_figure(forecast: LossForecast) -> "Figure":
    """Draw the losses and the law; see `predictor.plots.panels.loss_panel`."""
    if forecast.table is None:
        raise ForecastError("this forecast has no table to draw; make it with forecast_loss")
    return figure_of([loss_panel(forecast.table, forecast)])


def accuracy_figure(forecast: AccuracyForecast) -> "Figure":
    """Draw the accuracies and the forecast over compute; see `predictor.plots.curves.accuracy_panel`."""
    if forecast.table is None:
        raise ForecastError("this forecast has no table to draw; make it with forecast_accuracy")
    return figure_of([accuracy_panel(forecast.table, forecast)])


def run_figure(forecast: RunForecast) -> "Figure":
    """Draw the scores and the forecast over steps; see `predictor.plots.curves.run_panel`."""
    if forecast.table is None:
        raise ForecastError("this forecast has no run to draw; make it with forecast_run")
    return figure_of([run_panel(forecast.table, forecast)])


def comparison_figure(found: CurveComparison, beyond: DifferenceBeyond | None = None) -> "Figure":
    """Draw two models' pass@k and their difference; see `predictor.plots.pass_at_k.draw_comparison`."""
    with styled() as new_figure:
        figure = new_figure(COMPARISON_SIZE)
        comparison_on(figure, found, beyond)
    return figure


def samples_figure(forecast: SamplesForecast) -> "Figure":
    """Draw pass@k over k: the median, its intervals as bars, and the unbiased estimates as rings."""
    ks = list(forecast.pass_at)
    points = [100 * each.point for each in forecast.pass_at.values()]
    with styled() as new_figure:
        figure = new_figure((5.4, 3.9))
        axes = figure.subplots()
        for level in sorted(LEVELS, reverse=True):
            pairs = [each.intervals[level] for each in forecast.pass_at.values()]
            low, high = ([100 * pair[side] for pair in pairs] for side in (0, 1))
            axes.vlines(ks, low, high, color=SHADES[level], linewidth=7, label=f"{level}%")
        axes.plot(ks, points, "D--", color=BLUE, markersize=5, linewidth=1, label="Forecast")
        if forecast.unbiased:
            unbiased = [100 * value for value in forecast.unbiased.values()]
            axes.plot(
                list(forecast.unbiased),
                unbiased,
                "o",
                color="black",
                fillstyle="none",
                label="Unbiased estimate",
            )
        axes.set_xscale("log")
        axes.set_xlabel("k")
        axes.set_ylabel("pass@k (%)")
        axes.legend(frameon=False, fontsize=8.5)
    return figure


def backtest_figure(backtest: Backtest) -> "Figure":
    """Draw predicted against observed, a panel for each set of problems, one mark for each target and method.

    Pass rates are shown as -mean log pass in nats, losses in their own unit. A point on the diagonal was
    predicted exactly.
    """
    made = [row for row in backtest.rows if not row.refused]
    if not made:
        raise ForecastError("every method refused every target; there is nothing to draw")
    sets = list(dict.fromkeys(row.problem_set for row in made))
    methods = list(dict.fromkeys(row.method for row in made))
    with styled() as new_figure:
        figure = new_figure((4.2 * len(sets) + 0.4, 3.9))
        for axes, problem_set in zip(figure.subplots(1, len(sets), squeeze=False).flat, sets, strict=True):
            rows = [row for row in made if row.problem_set == problem_set]
            ends = [value for row in rows for value in (row.point, row.outcome)]
            axes.plot([min(ends), max(ends)], [min(ends), max(ends)], color=GREY, linewidth=0.8)
            for number, method in enumerate(methods):
                mine = [row for row in rows if row.method == method]
                axes.plot(
                    [row.outcome for row in mine],
                    [row.point for row in mine],
                    _SHAPES[number % len(_SHAPES)],
                    color=_COLOURS[number % len(_COLOURS)],
                    fillstyle="none",
                    label=method,
                )
            unit = "loss" if problem_set == "loss" else "-mean log pass rate, nats"
            axes.set_title(
                "losses" if problem_set == "loss" else f"problems: {problem_set}", fontsize=10, loc="left"
            )
            axes.set_xlabel(f"observed ({unit})")
            axes.set_ylabel("predicted")
            axes.locator_params(axis="x", nbins=5)
            axes.legend(frameon=False, fontsize=8)
    return figure
