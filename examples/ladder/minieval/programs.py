"""Programs of MiniEval: drawn at random, written as prompt and body, and how likely each one was."""

import math
import random
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import accumulate
from typing import TypeAlias

from minieval.grammar import KINDS, Facts

__all__ = [
    "MAX_STEPS",
    "STEP_WEIGHTS",
    "Composition",
    "Program",
    "Step",
    "composition_probability",
    "draw_programs",
    "log_probability",
]

MAX_STEPS = 6
STEP_WEIGHTS = (4, 4, 3, 3, 2, 2)

_INDENT = "    "


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a program.

    Attributes:
        operation: index into the kind's operations.
        phrase: index into the operation's phrases.
        fact: rank of the fact it names, 0 the most frequent; -1 where it names none.
    """

    operation: int
    phrase: int
    fact: int


@dataclass(frozen=True, slots=True)
class Program:
    """A function: what kind of argument it has, and its steps in order."""

    kind: str
    steps: tuple[Step, ...]

    def prompt(self, facts: Facts) -> str:
        """Return signature and docstring, up to where the body begins."""
        kind = KINDS[self.kind]
        said = [
            kind.operations[step.operation].phrases[step.phrase].format(n=facts.names[step.fact])
            for step in self.steps
        ]
        lines = "".join(f"{each}.\n{_INDENT}" for each in said)
        return f'{kind.signature}{_INDENT}"""\n{_INDENT}{lines}"""\n'

    def body(self, facts: Facts) -> str:
        """Return the canonical solution's lines."""
        return "".join(f"{_INDENT}x = {line}\n" for line in self.lines(facts)) + f"{_INDENT}return x\n"

    def lines(self, facts: Facts) -> list[str]:
        """Return the expression of each step."""
        operations = KINDS[self.kind].operations
        return [operations[step.operation].line.format(v=facts.values[step.fact]) for step in self.steps]

    @property
    def composition(self) -> "Composition":
        """What it computes, whatever the words: kind, and operation and fact of each step."""
        return self.kind, tuple((step.operation, step.fact) for step in self.steps)


Composition: TypeAlias = tuple[str, tuple[tuple[int, int], ...]]


def draw_programs(
    facts: Facts, seed: int, held_out: AbstractSet[Composition] = frozenset()
) -> Iterator[Program]:
    """Yield programs without end, each drawn independently; the same seed gives the same programs.

    Those that compute what is in `held_out` are left out, whatever their words.
    """
    draw = random.Random(seed)
    kinds = list(KINDS)
    kind_weights = list(accumulate(KINDS[kind].weight for kind in kinds))
    operation_weights = {
        name: list(accumulate(operation.weight for operation in kind.operations))
        for name, kind in KINDS.items()
    }
    ranks = range(len(facts.names))
    while True:
        (kind,) = draw.choices(kinds, cum_weights=kind_weights)
        (count,) = draw.choices(range(1, MAX_STEPS + 1), STEP_WEIGHTS)
        operations = KINDS[kind].operations
        chosen = draw.choices(range(len(operations)), cum_weights=operation_weights[kind], k=count)
        named = iter(draw.choices(ranks, cum_weights=facts.cumulative, k=count))
        steps = tuple(
            Step(
                each,
                draw.randrange(len(operations[each].phrases)),
                next(named) if operations[each].needs_fact else -1,
            )
            for each in chosen
        )
        program = Program(kind, steps)
        if program.composition not in held_out:
            yield program


def log_probability(program: Program, facts: Facts) -> float:
    """Return the natural logarithm of how likely `draw_programs` is to yield this program next.

    Nothing is held out; with held-out compositions subtract log(1 - their `composition_probability`).
    """
    operations = KINDS[program.kind].operations
    worded = sum(math.log(len(operations[step.operation].phrases)) for step in program.steps)
    return math.log(composition_probability(program.composition, facts)) - worded


def composition_probability(composition: Composition, facts: Facts) -> float:
    """Return how likely a program that computes this is, whatever its words."""
    kind = KINDS[composition[0]]
    total = sum(operation.weight for operation in kind.operations)
    answer = kind.weight / sum(each.weight for each in KINDS.values())
    answer *= STEP_WEIGHTS[len(composition[1]) - 1] / sum(STEP_WEIGHTS)
    for number, fact in composition[1]:
        answer *= kind.operations[number].weight / total
        answer *= facts.probabilities[fact] if kind.operations[number].needs_fact else 1.0
    return float(answer)
