"""Reproduces figures 1 and 2 of the GPT-4 Technical Report from their own small models, with intervals.

    python examples/gpt4_report/reproduce.py [FOLDER]

Prints the fits and writes figure_1 and figure_2 as SVG and PNG into FOLDER (default: beside this script).
"""

import sys
from pathlib import Path

import numpy as np

from predictor import Losses, forecast_loss
from predictor.data import FigurePoints, gpt4_figure_1, gpt4_figure_2
from predictor.laws.loss_law import Objective, fit_loss
from predictor.laws.power_law import fit_power_laws
from predictor.plots.panels import loss_panel, report_figure_2
from predictor.plots.render import draw


def main() -> None:
    """Print both fits and draw both figures."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
    folder.mkdir(parents=True, exist_ok=True)
    figure_1(gpt4_figure_1(), folder)
    figure_2(gpt4_figure_2(), folder)


def figure_1(points: FigurePoints, folder: Path) -> None:
    """Loss: every objective side by side, and the default forecast."""
    records = [
        {"model": f"observed {number}", "flops": compute, "bits per word": value}
        for number, (compute, value) in enumerate(zip(points.compute, points.value, strict=True), start=1)
    ]
    known = [*records, {"model": "gpt-4", "flops": 1.0, "bits per word": points.outcome}]
    losses = Losses.from_records(known, "bits per word")
    small = losses.select(losses.flops < 1)
    print(f"Figure 1: L(C) = a C^b + c from {len(points.value)} models; GPT-4 scored {points.outcome}")
    for objective in (Objective.ABSOLUTE, Objective.RELATIVE, Objective.LOG, Objective.HUBER):
        law = fit_loss(small, objective=objective).at_reference(1.0)
        predicted = law["a"] + law["c"]
        error = predicted / points.outcome - 1
        print(
            f"  {objective:9} a {law['a']:.4f}  b {law['b']:.4f}  c {law['c']:.4f}  L(1) {predicted:.4f}  "
            f"{error:+.1%}"
        )
    forecast = forecast_loss(losses, "gpt-4")
    low, high = forecast.loss.intervals[80]
    print(f"  auto      L(1) {forecast.loss.point:.4f}, 80% interval {low:.4f} to {high:.4f}")
    for suffix in ("svg", "png"):
        draw(loss_panel(losses, forecast, unit="bits per word"), folder / f"figure_1.{suffix}")


def figure_2(points: FigurePoints, folder: Path) -> None:
    """Capability: the report's line and the interval it lacks."""
    laws = fit_power_laws(points.compute, points.value)
    alpha, k = float(np.exp(laws.log_alpha[0])), float(laws.k[0])
    low, high = laws.interval(1.0, 0.8)[0]
    print(f"Figure 2: y = alpha C^-k from {len(points.value)} models; GPT-4 scored {points.outcome}")
    print(f"  alpha {alpha:.4f}  k {k:.4f}  80% interval {low:.3f} to {high:.3f}")
    print(
        f"  geometric mean pass rate: predicted {np.exp(-alpha):.1%}, observed {np.exp(-points.outcome):.1%}"
    )
    for suffix in ("svg", "png"):
        draw(report_figure_2(points), folder / f"figure_2.{suffix}")


if __name__ == "__main__":
    main()
