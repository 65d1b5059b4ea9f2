"""The ladders: for a generator seed, how its words are distributed, what is trained, and what is forecast."""

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["FAR", "NEAR", "Ladder", "Tail", "ladder_of"]


@dataclass(frozen=True, slots=True)
class Tail:
    """How many words there are, and how fast their frequency falls: as (rank + shift)^-exponent."""

    words: int
    exponent: float
    shift: float = 2.0


@dataclass(frozen=True, slots=True)
class Ladder:
    """A series of models trained in the same way at rising compute, on one generator seed.

    Attributes:
        tail: the distribution of the words.
        rungs: the compute values (training FLOPs), each with how many training seeds it has.
        target: FLOPs of the largest model, one seed.
        gaps: the largest FLOPs that forecasts of the loss and of the pass rates start from, by name.
    """

    tail: Tail
    rungs: Mapping[float, int]
    target: float
    gaps: Mapping[str, float]


# The 60 most frequent words make up four fifths of what is said.
NEAR = Ladder(
    Tail(12_000, 1.5),
    {1e9: 4, 1.8e9: 4, 3e9: 4, 5.6e9: 4, 1e10: 4, 3e10: 2, 1e11: 2, 3e11: 1, 1e12: 1},
    1e13,
    {"1/1,000": 1e10, "1/100": 1e11},
)
# They make up three fifths, so that more is left to learn. The rungs above 1e11 are for the curve: no
# forecast starts from them.
FAR = Ladder(
    Tail(60_000, 1.25),
    {1e9: 3, 1.8e9: 3, 3e9: 2, 5.6e9: 2, 1e10: 3, 3e10: 2, 1e11: 2, 1e12: 1, 1e13: 1},
    1e14,
    {"1/10,000": 1e10, "1/1,000": 1e11},
)
_FIRST_FAR = 2029


def ladder_of(seed: int) -> Ladder:
    """Return the ladder of a generator seed: the first three reach 1e13 FLOPs, the later ones 1e14."""
    return NEAR if seed < _FIRST_FAR else FAR
