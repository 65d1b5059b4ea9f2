"""Reads the shipped figure points."""

import csv
from importlib import resources
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["FigurePoints", "gpt4_figure_1", "gpt4_figure_2"]


class FigurePoints(NamedTuple):
    """The dots of a figure: compute relative to GPT-4 and value of each small model, and GPT-4's value."""

    compute: NDArray[np.float64]
    value: NDArray[np.float64]
    outcome: float


def gpt4_figure_1() -> FigurePoints:
    """Return final loss in bits per word of nine models, and of GPT-4."""
    return _read("gpt4_report_figure_1.csv")


def gpt4_figure_2() -> FigurePoints:
    """Return -mean log pass rate of five models on 23 problems, and of GPT-4."""
    return _read("gpt4_report_figure_2.csv")


def _read(name: str) -> FigurePoints:
    text = resources.files("predictor.data").joinpath(name).read_text(encoding="utf-8")
    rows = list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))
    small = [row for row in rows if row["model"] != "gpt-4"]
    outcome = next(float(row["value"]) for row in rows if row["model"] == "gpt-4")
    compute = np.array([float(row["compute"]) for row in small])
    return FigurePoints(compute, np.array([float(row["value"]) for row in small]), outcome)
