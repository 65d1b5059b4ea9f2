"""Formats of problem sets: one module each."""

from evaluator.problems.formats.evalplus import EVALPLUS
from evaluator.problems.formats.format import ProblemFormat
from evaluator.problems.formats.human_eval import HUMAN_EVAL

__all__ = ["FORMATS", "ProblemFormat"]

# A row is in the first of these that matches it; human-eval's matches all.
FORMATS: tuple[ProblemFormat, ...] = (EVALPLUS, HUMAN_EVAL)
