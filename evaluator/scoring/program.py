"""The program that is run for a sample."""

from evaluator.problems import Problem
from evaluator.samples import Sample
from evaluator.samples import sanitize as sanitized
from sandbox import Program

__all__ = ["program_of"]


def program_of(sample: Sample, problem: Problem, *, sanitize: bool) -> Program:
    """Return the program and check of a sample."""
    if not sanitize:
        return Program(sample.source(problem.prompt), problem.check)
    text = sanitized(sample.text, problem, whole=sample.whole)
    return Program(text if sample.whole else problem.prompt + text, problem.check)
