"""Ordinary least squares of one variable on another, as weights on the observations."""

import numpy as np

from predictor.arrays import Floats

__all__ = ["leverage"]


def leverage(x: Floats, at: float) -> Floats:
    """Return the weights that turn J observations at x, shape (J,), into the fitted line's value at `at`."""
    centred = x - x.mean()
    return np.asarray(1 / len(x) + centred * (at - x.mean()) / (centred**2).sum())
