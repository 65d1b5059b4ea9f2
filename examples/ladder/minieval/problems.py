"""The problem set: forty problems for each number of steps, whose tests no wrong solution passes.

The facts of a bucket are drawn in strata of their probability, so that each bucket asks for frequent and rare
ones as the corpus does. Tests are kept only if they tell the canonical solution from each of its mutants.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from minieval.grammar import KINDS, VALUES, Facts
from minieval.programs import MAX_STEPS, Program, Step, draw_programs

__all__ = ["Problem", "draw_problems", "mutants"]

PER_BUCKET = 40

_INPUTS: dict[str, Sequence[Any]] = {
    "number": (-97, -31, -12, -5, -2, -1, 0, 1, 3, 7, 20, 58),
    "text": ("", "a", "banana", "xyz"),
    "list": ([], [4], [3, -1, 2], [5, 5, 0, 8]),
    "mapping": ({}, {"a": 1}, {"a": 5, "b": -2}, {"b": 3, "c": 0, "d": 7}),
}
# Where two expressions agree on all of these they are taken to be the same function.
_PROBES: dict[str, Sequence[Any]] = {
    "number": range(-200, 201),
    "text": (*_INPUTS["text"], "ab", "aa", "q"),
    "list": (*_INPUTS["list"], [9], [-7, 6], [1, 2, 3]),
    "mapping": (*_INPUTS["mapping"], {"a": 0}, {"z": 9, "a": 2}),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem, in HumanEval's fields, with the program that it asks for.

    Attributes:
        task_id: such as `MiniEval/17`.
        bucket: its difficulty as declared beforehand, the number of steps: `1 step`, `2 steps` ...
        program: kind and steps.
        prompt, canonical_solution, test: source text; the test defines `check(candidate)`.
    """

    task_id: str
    bucket: str
    program: Program
    prompt: str
    canonical_solution: str
    test: str

    def row(self) -> str:
        """Return the problem as a line of HumanEval's JSONL."""
        fields = {
            "task_id": self.task_id,
            "prompt": self.prompt,
            "entry_point": "solve",
            "canonical_solution": self.canonical_solution,
            "test": self.test,
            "bucket": self.bucket,
        }
        return json.dumps(fields)


def draw_problems(facts: Facts, seed: int) -> list[Problem]:
    """Draw the problem set of a generator seed, easiest bucket first; no two compute the same."""
    draw = np.random.default_rng([seed, 2])
    drawn = draw_programs(facts, seed=int(draw.integers(1 << 62)))
    programs = (each for each in drawn if any(step.fact >= 0 for step in each.steps))
    seen: set[Any] = set()
    problems: list[Problem] = []
    for steps in range(1, MAX_STEPS + 1):
        plain = [next(each for each in programs if len(each.steps) == steps) for _ in range(PER_BUCKET)]
        ranks = iter(_stratified(facts, sum(step.fact >= 0 for each in plain for step in each.steps), draw))
        for program in plain:
            needed = [step.fact >= 0 for step in program.steps]
            chosen = [next(ranks) for need in needed if need]
            accepted = _accept(program, chosen, facts, programs, seen)
            problems.append(_problem(len(problems), accepted, facts))
    return problems


def _stratified(facts: Facts, count: int, draw: np.random.Generator) -> list[int]:
    """Return fact ranks, one from each of `count` equal shares of the probability, in random order."""
    places = (np.arange(count) + draw.random(count)) / count
    ranks = np.searchsorted(np.cumsum(facts.probabilities), places).clip(max=len(facts.names) - 1)
    return [int(rank) for rank in draw.permutation(ranks)]


def _accept(
    program: Program, ranks: Sequence[int], facts: Facts, more: Iterator[Program], seen: set[Any]
) -> Program:
    """Give the program its facts; while tests cannot tell it from a mutant, take other steps."""
    while True:
        given = iter(ranks)
        steps = tuple(
            Step(step.operation, step.phrase, next(given) if step.fact >= 0 else -1) for step in program.steps
        )
        candidate = Program(program.kind, steps)
        if candidate.composition not in seen and _told_apart(candidate, facts):
            seen.add(candidate.composition)
            return candidate
        program = next(
            each
            for each in more
            if len(each.steps) == len(steps) and sum(step.fact >= 0 for step in each.steps) == len(ranks)
        )


def _told_apart(program: Program, facts: Facts) -> bool:
    """Whether every step matters, and the tests fail all mutants that compute something else."""
    inputs, probes = _INPUTS[program.kind], _PROBES[program.kind]
    lines = program.lines(facts)
    whole, tested = _results(lines, probes), _results(lines, inputs)
    dropped = [[*lines[:n], *lines[n + 1 :]] for n in range(len(lines))]
    if any(_results(fewer, probes) == whole for fewer in dropped):
        return False
    return all(
        _results(mutant, inputs) != tested or _results(mutant, probes) == whole
        for mutant in mutants(program, facts)
    )


def mutants(program: Program, facts: Facts) -> Iterator[list[str]]:
    """Yield the lines of programs that differ in one step: gone, another value, another operation."""
    lines = program.lines(facts)
    operations = KINDS[program.kind].operations
    for n, step in enumerate(program.steps):
        yield [*lines[:n], *lines[n + 1 :]]
        value = int(facts.values[step.fact])
        others = [operations[step.operation].line.format(v=other) for other in VALUES]
        others += [operation.line.format(v=value) for operation in operations]
        yield from ([*lines[:n], other, *lines[n + 1 :]] for other in others if other != lines[n])


def _results(lines: Sequence[str], inputs: Sequence[Any]) -> list[Any]:
    """Return what the lines make of each input; the lines are the grammar's own."""
    steps: list[Callable[[Any], Any]] = [eval(f"lambda x: {line}") for line in lines]
    results = []
    for x in inputs:
        value = x
        for step in steps:
            value = step(value)
        results.append(value)
    return results


def _problem(number: int, program: Program, facts: Facts) -> Problem:
    lines = program.lines(facts)
    inputs = _INPUTS[program.kind]
    cases = "".join(
        f"    assert candidate({given!r}) == {wanted!r}\n"
        for given, wanted in zip(inputs, _results(lines, inputs), strict=True)
    )
    steps = len(program.steps)
    return Problem(
        f"MiniEval/{number}",
        f"{steps} step{'s' * (steps > 1)}",
        program,
        program.prompt(facts),
        program.body(facts),
        f"def check(candidate):\n{cases}",
    )
