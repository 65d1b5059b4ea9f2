"""Formats of problem sets: one module each."""

from evaluator.problems.formats.apps import APPS
from evaluator.problems.formats.code_contests import CODE_CONTESTS
from evaluator.problems.formats.evalplus import EVALPLUS
from evaluator.problems.formats.format import ProblemFormat
from evaluator.problems.formats.human_eval import HUMAN_EVAL
from evaluator.problems.formats.livecodebench import LIVECODEBENCH
from evaluator.problems.formats.method import METHOD
from evaluator.problems.formats.stdio import STDIO, UNKNOWN_KIND
from evaluator.problems.formats.unittest import BIGCODEBENCH, UNITTEST

__all__ = ["FORMATS", "ProblemFormat"]

# A row is in the first of these that matches it; human-eval's matches all.
FORMATS: tuple[ProblemFormat, ...] = (
    UNITTEST, BIGCODEBENCH, STDIO, METHOD, LIVECODEBENCH, APPS, CODE_CONTESTS, EVALPLUS, UNKNOWN_KIND,
    HUMAN_EVAL,
)  # fmt: skip
