"""The program that is run for a sample."""

from evaluator.problems import Problem
from evaluator.samples import Sample, extract
from evaluator.scoring.leetcode_names import with_given_names
from sandbox import Program

__all__ = ["program_of"]


def program_of(sample: Sample, problem: Problem, *, sanitize: bool) -> Program:
    """Return the program and check of a sample."""
    if sanitize:
        taken = extract(sample.text, problem, whole=sample.whole)
        source = taken.program(problem.prompt, whole=sample.whole)
    else:
        source = sample.source(problem.prompt)
    if problem.kind == "method":
        source = with_given_names(source)
    return Program(source, problem.check)
