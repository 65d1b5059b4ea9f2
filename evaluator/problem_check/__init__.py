"""The check of a problem set: what holds before any model's answer is held against it."""

from evaluator.problem_check.check import check_problems
from evaluator.problem_check.findings import Fault, LeftOut, ProblemCheck
from evaluator.problem_check.passing_over import pass_over

__all__ = ["Fault", "LeftOut", "ProblemCheck", "check_problems", "pass_over"]
