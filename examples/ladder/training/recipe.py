"""One recipe: everything about a model is a function of its training compute."""

import math
from dataclasses import dataclass

from minieval.tokens import VOCABULARY

from training.model import parameters_of

__all__ = ["Recipe"]


@dataclass(frozen=True, slots=True)
class Recipe:
    """What is trained with C FLOPs.

    Attributes:
        flops: C = 6 N D.
        seed: of the weights and of the data, from 0.
    """

    flops: float
    seed: int

    @property
    def name(self) -> str:
        """Return a name such as `1e10-seed0`."""
        return f"{self.flops:.2g}".replace("+", "") + f"-seed{self.seed}"

    @property
    def width(self) -> int:
        """Return the width, 8 at 1e9 and proportional to C^(1/4); an even number."""
        return 2 * round(4 * (self.flops / 1e9) ** 0.25)

    @property
    def params(self) -> int:
        """Return N."""
        return parameters_of(self.width, len(VOCABULARY))

    @property
    def tokens(self) -> int:
        """Return D."""
        return math.ceil(self.flops / 6 / self.params)

    @property
    def learning_rate(self) -> float:
        """Return the peak of the learning rate; it rises over the first 5% and falls linearly to 0."""
        return 0.022 * (self.flops / 1e10) ** -0.17

    @property
    def batch_tokens(self) -> int:
        """Return how many tokens a step sees, about."""
        return round(64 * (self.flops / 1e10) ** 0.33)
