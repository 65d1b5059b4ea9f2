"""The program that is run for a sample."""

from evaluator.problems import Problem
from evaluator.samples import Sample, extract
from sandbox import Program

__all__ = ["program_of"]


def program_of(sample: Sample, problem: Problem, *, sanitize: bool) -> Program:
    """Return the program and check of a sample."""
    if not sanitize:
        return Program(sample.source(problem.prompt), problem.check)
    taken = extract(sample.text, problem, whole=sample.whole)
    return Program(taken.program(problem.prompt, whole=sample.whole), problem.check)
