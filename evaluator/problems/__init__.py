"""Problem sets: HumanEval, HumanEval+, MBPP, MBPP+, and any file in the same formats."""

from evaluator.problems.load import load_problems
from evaluator.problems.problem import Problem, ProblemSet

__all__ = ["Problem", "ProblemSet", "load_problems"]
