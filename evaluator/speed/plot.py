"""The table of a bench as bars on a logarithmic axis; needs matplotlib (`passlaw[plot]`)."""

from pathlib import Path

from evaluator.errors import UsageError
from evaluator.speed.comparison import Bench

__all__ = ["draw"]


def draw(bench: Bench, path: Path) -> None:
    """Write the rates as a picture, in the format of the path's ending.

    Raises:
        UsageError: matplotlib is missing, or cannot write there.
    """
    try:
        from matplotlib.figure import Figure  # noqa: PLC0415 - optional, and slow to import
    except ImportError:
        raise UsageError("drawing needs matplotlib; pip install 'passlaw[plot]'") from None
    rows = bench.rows[::-1]
    figure = Figure(figsize=(8, 0.5 + 0.4 * len(rows)), layout="constrained")
    axes = figure.add_subplot()
    bars = axes.barh([row.name for row in rows], [row.rate for row in rows], color="#3b6ea5")
    axes.bar_label(bars, [f"{row.rate:,.0f}" for row in rows], padding=3)
    axes.set_xscale("log")
    axes.set_xlabel(f"samples a second, {bench.samples:,} samples, median of {bench.rounds} rounds")
    axes.margins(x=0.15)
    try:
        figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)
    except (OSError, ValueError) as error:
        raise UsageError(f"{path}: cannot be drawn: {error}") from None
