"""Figures of pass rates and of comparisons; matplotlib is an optional extra."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from evaluator.errors import UsageError
from evaluator.files.escaping import printable
from evaluator.metrics.pass_at_k import PassAtK

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["differences_figure", "rates_figure"]

_MOST = 30


def rates_figure(estimates: Sequence[PassAtK]) -> "Figure":
    """Draw pass@k with its 95% intervals, one mark for each k.

    Raises:
        UsageError: matplotlib is not installed, or there is no estimate.
    """
    if not estimates:
        raise UsageError("no pass@k is reported, so there is nothing to draw; ask for a smaller k")
    figure = _new_figure(4.6, 3.4)
    axes = figure.subplots()
    places = range(len(estimates))
    means = [100 * each.mean for each in estimates]
    below = [100 * (each.mean - each.low) for each in estimates]
    above = [100 * (each.high - each.mean) for each in estimates]
    axes.errorbar(places, means, yerr=[below, above], fmt="o", color="#0072B2", capsize=4)
    axes.set_xticks(list(places), [f"pass@{each.k}" for each in estimates])
    axes.set_xlim(-0.6, len(estimates) - 0.4)
    axes.set_ylim(0, 100)
    axes.set_ylabel("rate (%), 95% interval")
    return figure


def differences_figure(differences: Sequence[tuple[str, float]], k: int) -> "Figure":
    """Draw the problems on which two runs differ, B less A in points, the largest differences first.

    Raises:
        UsageError: matplotlib is not installed, or the runs differ on no problem.
    """
    if not differences:
        raise UsageError("the runs differ on no problem, so there is nothing to draw")
    drawn = list(differences)[:_MOST]
    figure = _new_figure(5.4, 0.9 + 0.22 * len(drawn))
    axes = figure.subplots()
    values = [100 * difference for _, difference in drawn]
    colours = ["#0072B2" if value > 0 else "#D55E00" for value in values]
    axes.barh(range(len(drawn)), values, color=colours)
    axes.set_yticks(range(len(drawn)), [_name(task_id) for task_id, _ in drawn], fontsize=8)
    axes.invert_yaxis()
    axes.axvline(0, color="#555555", linewidth=0.8)
    of = f", the largest {_MOST} of {len(differences)}" if len(differences) > _MOST else ""
    axes.set_xlabel(f"pass@{k}, B less A, points{of}")
    return figure


def _name(task_id: str) -> str:
    return printable(task_id, 30).replace("$", r"\$")  # matplotlib reads dollars as mathematics


def _new_figure(width: float, height: float) -> "Figure":
    from predictor.errors import MissingExtraError  # noqa: PLC0415 - of no other use
    from predictor.plots.canvas import styled  # noqa: PLC0415 - as above

    try:
        with styled() as new_figure:
            return new_figure((width, height))
    except MissingExtraError as missing:
        raise UsageError(str(missing)) from None
