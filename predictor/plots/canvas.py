"""An empty figure in this package's style, for a notebook or written to a file at the end."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from predictor.errors import MissingExtraError, PredictorError

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["BLUE", "GREY", "SHADES", "STYLE", "VERMILION", "figure_in", "save", "styled"]

BLUE, VERMILION, GREY = "#0072B2", "#D55E00", "#555555"
# Opaque, so that the legend shows what the figure shows.
SHADES: Mapping[int, str] = {95: "#DCEBF5", 80: "#ADD0E8", 50: "#79B3DB"}
STYLE: Any = {
    "font.family": "sans-serif",
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": GREY,
    "axes.linewidth": 0.8,
    "svg.hashsalt": "passlaw",
    "savefig.dpi": 200,
}


@contextmanager
def styled() -> Iterator[Callable[[tuple[float, float]], "Figure"]]:
    """Hold matplotlib's settings at this package's style; give what makes a figure of a size in inches.

    Raises:
        MissingExtraError: matplotlib is not installed.
    """
    try:
        import matplotlib as mpl  # noqa: PLC0415  (an optional extra)

        from predictor.plots.shown_figure import ShownFigure  # noqa: PLC0415
    except ImportError:
        raise MissingExtraError("drawing figures needs matplotlib; install passlaw[plot]") from None
    with mpl.rc_context(STYLE):
        yield lambda size: ShownFigure(figsize=size, layout="constrained")


@contextmanager
def figure_in(path: str | Path, size: tuple[float, float]) -> Iterator["Figure"]:
    """Yield a figure of `size` in inches; after the block it is written as the path's suffix says.

    Raises:
        MissingExtraError: matplotlib is not installed.
        PredictorError: the path ends in none of .svg, .png and .pdf.
    """
    with styled() as new_figure:
        _check_suffix(Path(path))
        figure = new_figure(size)
        yield figure
        save(figure, path)


def save(figure: "Figure", path: str | Path) -> None:
    """Write a figure as the path's suffix says.

    Raises:
        PredictorError: the path ends in none of .svg, .png and .pdf.
    """
    path = Path(path)
    _check_suffix(path)
    with styled():
        figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)


def _check_suffix(path: Path) -> None:
    if path.suffix not in {".svg", ".png", ".pdf"}:
        raise PredictorError(f"{path.name}: figures are written as .svg, .png or .pdf; choose one of them")
