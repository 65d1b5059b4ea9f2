"""Which of two models is ahead at which k, and where the order turns, as far as a band shows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

import numpy as np
from scipy.special import stdtrit

from predictor.arrays import Floats
from predictor.comparison.bands import Band

__all__ = ["Crossing", "Order", "Ordering", "Stretch", "ordering"]

LEVEL = 95


class Order(StrEnum):
    """What the simultaneous 95 % band says of the order over all k."""

    TURNS = "turns"
    A_AHEAD = "a ahead at every k"
    B_AHEAD = "b ahead at every k"
    UNSETTLED = "cannot be said"


@dataclass(frozen=True, slots=True)
class Stretch:
    """Values of k in a row, first and last included, at which the band leaves out zero; `ahead` is a or b."""

    first: int
    last: int
    ahead: str


@dataclass(frozen=True, slots=True)
class Crossing:
    """A turn of the order.

    Attributes:
        k: the first k at which the estimate has the new order.
        low, high: 95 % interval: the old order still held at `low`, the new one holds at `high`.
        ahead_after: a or b.
    """

    k: int
    low: int
    high: int
    ahead_after: str


@dataclass(frozen=True, slots=True)
class Ordering:
    """The order over all k.

    Attributes:
        order: what can be said.
        stretches: where the simultaneous band leaves out zero.
        crossings: one between each two neighbouring stretches of different order.
    """

    order: Order
    stretches: tuple[Stretch, ...]
    crossings: tuple[Crossing, ...]


def ordering(ks: Sequence[int], estimate: Floats, band: Band, degrees: int | None) -> Ordering:
    """Read the order off a band.

    That the order turns is said only if the simultaneous band lies above zero at some k and below it at
    another. Where it turns is then the set of k whose own 95 % interval holds zero, between those two: at
    the true k the difference is zero, so a test of each k alone has the right level (Fieller's method).
    """
    low, high = band.at(LEVEL)
    sign = np.where(low > 0, 1, np.where(high < 0, -1, 0))
    if np.all(sign == sign[0]) and sign[0]:
        order = Order.B_AHEAD if sign[0] > 0 else Order.A_AHEAD
        return Ordering(order, (Stretch(ks[0], ks[-1], _ahead(sign[0])),), ())
    shown = np.flatnonzero(sign)
    breaks = [
        place for place, (left, right) in enumerate(pairwise(shown)) if
        sign[left] != sign[right] or right != left + 1
    ]  # fmt: skip
    groups = np.split(shown, np.array(breaks, dtype=int) + 1) if len(shown) else []
    stretches = tuple(Stretch(ks[group[0]], ks[group[-1]], _ahead(sign[group[0]])) for group in groups)
    factor = float(stdtrit(degrees, 0.975)) if degrees else 1.959963984540054
    alone = np.where(np.abs(band.middle) > factor * band.error, np.sign(band.middle), 0)
    crossings = tuple(
        _crossing(ks, estimate, alone, int(left[-1]), int(right[0]))
        for left, right in pairwise(groups)
        if sign[left[-1]] != sign[right[0]]
    )
    return Ordering(Order.TURNS if crossings else Order.UNSETTLED, stretches, crossings)


def _ahead(sign: int | np.integer) -> str:
    return "b" if sign > 0 else "a"


def _crossing(ks: Sequence[int], estimate: Floats, alone: Floats, left: int, right: int) -> Crossing:
    """The turn between `left`, where the old order is shown, and `right`, where the new one is."""
    new = alone[right]
    between = np.arange(left, right + 1)
    low = between[alone[between] != -new][0] - 1
    high = between[alone[between] != new][-1] + 1
    turned = between[np.sign(estimate[between]) == -new]
    return Crossing(ks[turned[-1] + 1], ks[low], ks[high], _ahead(int(new)))
