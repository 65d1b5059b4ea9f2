"""Scores of a predictive distribution once the outcome is known: error, CRPS, inside which interval."""

import numpy as np
from numpy.typing import ArrayLike

__all__ = ["LEVELS", "crps", "interval"]

LEVELS = (50, 80, 95)


def crps(draws: ArrayLike, outcome: float) -> float:
    """Return the continuous ranked probability score E|X - y| - E|X - X'| / 2 of the draws' distribution.

    In the outcome's unit; smaller is better; for a single point it is the absolute error (Gneiting & Raftery
    2007).
    """
    x = np.sort(np.asarray(draws, dtype=float))
    size = len(x)
    rank = 2 * np.arange(1, size + 1) - size - 1
    return float(np.abs(x - outcome).mean() - (rank * x).sum() / size**2)


def interval(draws: ArrayLike, level: int) -> tuple[float, float]:
    """Return the central interval that holds `level` per cent of the draws."""
    low, high = np.quantile(np.asarray(draws, dtype=float), [0.5 - level / 200, 0.5 + level / 200])
    return float(low), float(high)
