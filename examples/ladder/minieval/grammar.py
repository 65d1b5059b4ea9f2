"""The language of MiniEval: small functions made of steps, and made-up words whose values one has to know.

A program is a prompt (signature and docstring) and the body that the docstring describes, one line for each
step. Most steps name a *fact*: a word of three syllables that stands for a digit, always the same one. The
digits are nowhere in the prompt, so a model has to have learned them, and the words follow a power law with a
long tail: there is always something left to learn, which is what makes a power law of the loss.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, product

import numpy as np
from numpy.typing import NDArray

from minieval.ladders import Tail, ladder_of

__all__ = ["KINDS", "SYLLABLES", "VALUES", "Facts", "Kind", "Operation", "draw_facts"]

_ONSETS = (
    "b",
    "d",
    "f",
    "g",
    "h",
    "k",
    "l",
    "m",
    "n",
    "p",
    "r",
    "s",
    "t",
    "v",
    "w",
    "z",
    "br",
    "dr",
    "kl",
    "st",
)
_RHYMES = (("ab", "en"), ("ug", "el"), ("im", "os"))
# The three places of a word have no form in common, so that a word can be read in one way only.
SYLLABLES = tuple(tuple(onset + rhyme for onset in _ONSETS for rhyme in rhymes) for rhymes in _RHYMES)
VALUES = tuple(range(2, 10))


@dataclass(frozen=True, slots=True)
class Operation:
    """One step.

    Attributes:
        weight: how often it is drawn, relative to the others of its kind.
        phrases: ways to say it in a docstring; `{n}` is the fact's name.
        line: the expression it becomes; `{v}` is the fact's value. Without `{v}` it needs no fact.
    """

    weight: float
    phrases: tuple[str, ...]
    line: str

    @property
    def needs_fact(self) -> bool:
        """Whether it names a fact."""
        return "{v}" in self.line


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of argument, with what can be done to it.

    Attributes:
        weight: how often it is drawn.
        signature: the prompt's first line.
        operations: the steps, each of which gives back the same type.
    """

    weight: float
    signature: str
    operations: tuple[Operation, ...]


KINDS = {
    "number": Kind(
        0.4,
        "def solve(x: int) -> int:\n",
        (
            Operation(4, ("add {n}", "increase by {n}"), "x + {v}"),
            Operation(3, ("subtract {n}", "lower by {n}"), "x - {v}"),
            Operation(3, ("multiply by {n}", "scale by {n}"), "x * {v}"),
            Operation(2, ("keep at least {n}", "lift to {n}"), "max(x, {v})"),
            Operation(2, ("double it", "add it to itself"), "x + x"),
        ),
    ),
    "text": Kind(
        0.2,
        "def solve(x: str) -> str:\n",
        (
            Operation(3, ("append {n}", "end with {n}"), "x + '{v}'"),
            Operation(3, ("prepend {n}", "begin with {n}"), "'{v}' + x"),
            Operation(1, ("reverse it", "turn around"), "x[::-1]"),
        ),
    ),
    "list": Kind(
        0.2,
        "def solve(x: list) -> list:\n",
        (
            Operation(3, ("append {n}", "end with {n}"), "x + [{v}]"),
            Operation(3, ("to each add {n}", "increase each by {n}"), "[i + {v} for i in x]"),
            Operation(1, ("reverse it", "turn around"), "x[::-1]"),
        ),
    ),
    "mapping": Kind(
        0.2,
        "def solve(x: dict) -> dict:\n",
        (
            Operation(
                3, ("to values add {n}", "increase values by {n}"), "{{k: i + {v} for k, i in x.items()}}"
            ),
            Operation(3, ("set a to {n}", "under a put {n}"), "{{**x, 'a': {v}}}"),
        ),
    ),
}


@dataclass(frozen=True, slots=True)
class Facts:
    """The words of one generator seed, most frequent first.

    Attributes:
        names: each word, three syllables.
        values: shape (facts,); what each stands for.
        probabilities: shape (facts,); how often each is drawn, proportional to (rank + shift)^-exponent.
        cumulative: the sums of `probabilities` up to each.
    """

    names: tuple[str, ...]
    values: NDArray[np.int64]
    probabilities: NDArray[np.float64]
    cumulative: Sequence[float]


def draw_facts(seed: int, tail: Tail | None = None) -> Facts:
    """Draw the facts of a generator seed: which word has which rank, and which value.

    Rank 1 is the most frequent. `tail` is by default the one that the seed's ladder has.
    """
    tail = tail or ladder_of(seed).tail
    draw = np.random.default_rng([seed, 1])
    words = ["".join(syllables) for syllables in product(*SYLLABLES)]
    names = tuple(words[number] for number in draw.permutation(len(words))[: tail.words])
    weights = (np.arange(1, tail.words + 1) + tail.shift) ** -tail.exponent
    probabilities = weights / weights.sum()
    values = draw.choice(VALUES, tail.words)
    return Facts(names, values, probabilities, list(accumulate(probabilities.tolist())))
