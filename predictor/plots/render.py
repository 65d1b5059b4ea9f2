"""Figures like the report's 1 and 2.

Compute stands on a log axis on which the target is 1; over it what was observed, the fitted line, its
interval bands, and the target's outcome once it is known.

Colours are Okabe and Ito's, distinct for every common colour vision, and shapes differ as well, so that the
figures survive a grey printer. matplotlib is an extra; `canvas` imports it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from predictor.arrays import Floats
from predictor.errors import PredictorError
from predictor.plots.canvas import BLUE, GREY, SHADES, VERMILION, figure_in, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["Band", "Panel", "draw", "figure_of", "small_multiples"]


class Band(NamedTuple):
    """A curve over compute: x relative to the target, the middle, and low and high per level."""

    compute: Floats
    middle: Floats
    intervals: Mapping[int, tuple[Floats, Floats]]


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """One set of axes.

    Attributes:
        title, quantity: what is shown; `quantity` labels the vertical axis, unit included.
        compute, observed: of the training models, compute relative to the target.
        band: fitted line and intervals; None leaves the forecast at the target alone.
        forecast: the target's point and 80% interval, for methods that give no line.
        outcome: the target's measured value, once known.
        log_value: a log axis for the value.
        along, log_along: what the horizontal axis says, and whether it is a log axis.
        models: names of the training models, in the order of `compute`.
    """

    title: str
    quantity: str
    compute: Floats
    observed: Floats
    band: Band | None = None
    forecast: tuple[float, float, float] | None = None
    outcome: float | None = None
    log_value: bool = False
    along: str = "Training compute (target = 1)"
    log_along: bool = True
    models: tuple[str, ...] = ()


def draw(panel: Panel, path: str | Path) -> Path:
    """Draw one panel as a figure of its own; SVG, PNG or PDF by the path's suffix."""
    return _render([panel], path, columns=1, size=(5.4, 3.9))


def small_multiples(panels: Sequence[Panel], path: str | Path, *, columns: int = 3) -> Path:
    """Draw all panels in one figure on shared axes, easy to hard."""
    if not panels:
        raise PredictorError("there is no panel to draw; give at least one bucket")
    columns = 4 if len(panels) in {7, 8} else min(columns, len(panels))
    rows = -(-len(panels) // columns)
    return _render(panels, path, columns=columns, size=(3.1 * columns + 0.6, 2.5 * rows + 0.7))


def _render(panels: Sequence[Panel], path: str | Path, *, columns: int, size: tuple[float, float]) -> Path:
    with figure_in(path, size) as figure:
        _compose(panels, figure, columns=columns)
    return Path(path)


def figure_of(panels: Sequence[Panel], *, columns: int = 3) -> "Figure":
    """Return all panels in one figure that a notebook shows; see `small_multiples` for a file."""
    if not panels:
        raise PredictorError("there is no panel to draw; give at least one bucket")
    columns = 4 if len(panels) in {7, 8} else min(columns, len(panels))
    rows = -(-len(panels) // columns)
    size = (5.4, 3.9) if len(panels) == 1 else (3.1 * columns + 0.6, 2.5 * rows + 0.7)
    with styled() as new_figure:
        return _compose(panels, new_figure(size), columns=columns)


def _compose(panels: Sequence[Panel], figure: "Figure", *, columns: int) -> "Figure":
    rows = -(-len(panels) // columns)
    grid = figure.subplots(rows, columns, sharex=True, sharey=len(panels) > 1, squeeze=False)
    for axes, panel in zip(grid.flat, panels, strict=False):
        _draw_panel(axes, panel, alone=len(panels) == 1)
    if len(panels) > 1 and panels[0].log_value:
        limits = np.array([_log_limits(panel) for panel in panels])
        grid[0, 0].set_ylim(limits[:, 0].min(), limits[:, 1].max())
    for number, axes in enumerate(list(grid.flat)):
        axes.set_visible(number < len(panels))
        # The lowest panel of each column carries the compute labels, also where the last row is not full.
        axes.tick_params(labelbottom=number + columns >= len(panels))
    _label(figure, grid, panels)
    return figure


def _label(figure: "Figure", grid: NDArray[np.object_], panels: Sequence[Panel]) -> None:
    if len(panels) == 1:
        grid[0, 0].set_xlabel(panels[0].along)
        grid[0, 0].set_ylabel(panels[0].quantity)
        grid[0, 0].legend(frameon=False, fontsize=8.5)
        return
    figure.supxlabel(panels[0].along, fontsize=10)
    figure.supylabel(panels[0].quantity, fontsize=10)
    handles, labels = grid[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, frameon=False, fontsize=8.5, ncols=len(labels), loc="outside upper center")


def _draw_panel(axes: "Axes", panel: Panel, *, alone: bool) -> None:
    if panel.log_along:
        axes.set_xscale("log")
    if panel.log_value:
        axes.set_yscale("log")
        axes.set_ylim(*_log_limits(panel))
    if panel.band is not None:
        _draw_band(axes, panel.band)
    size = 6.5 if alone else 5
    axes.plot(panel.compute, panel.observed, "o", color="black", markersize=size, label="Observed", zorder=4)
    if panel.forecast is not None:
        point, low, high = panel.forecast
        bar = [[point - low], [high - point]]
        axes.errorbar(
            [1.0],
            [point],
            yerr=bar,
            fmt="D",
            color=BLUE,
            markersize=size - 1,
            capsize=3,
            label="Forecast, 80%",
            zorder=3,
        )
    if panel.outcome is not None:
        # A ring, so that the forecast under it stays visible.
        axes.plot(
            [1.0],
            [panel.outcome],
            "o",
            color=VERMILION,
            fillstyle="none",
            markersize=size * 1.6,
            markeredgewidth=1.8,
            label="Outcome",
            zorder=5,
        )
    axes.set_title(panel.title, fontsize=10, loc="left")
    axes.set_axisbelow(True)
    axes.grid(visible=True, which="major", color="#DDDDDD", linewidth=0.6)
    axes.tick_params(which="both", color=GREY)


def _log_limits(panel: Panel) -> tuple[float, float]:
    """Room for what was observed and forecast; an interval from few models would fill the axis by itself."""
    point = [panel.forecast[0]] if panel.forecast is not None else []
    outcome = [panel.outcome] if panel.outcome is not None else []
    positive = [value for value in (*panel.observed, *point, *outcome) if value > 0]
    return min(positive) / 3, max(positive) * 3


def _draw_band(axes: "Axes", band: Band) -> None:
    for level in sorted(band.intervals, reverse=True):
        low, high = band.intervals[level]
        axes.fill_between(
            band.compute, low, high, color=SHADES[level], linewidth=0, label=f"{level}%", zorder=1
        )
    axes.plot(band.compute, band.middle, "--", color=BLUE, linewidth=1.6, label="Fitted law")
