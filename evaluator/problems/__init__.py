"""Problem sets: HumanEval, HumanEval+, MBPP, MBPP+, and any file in the same formats."""

from evaluator.problems.errata import Errata, Erratum, humaneval_errata
from evaluator.problems.load import ProblemRows, check_rows, load_problems, read_problem_rows
from evaluator.problems.problem import Problem, ProblemSet

__all__ = [
    "Errata",
    "Erratum",
    "Problem",
    "ProblemRows",
    "ProblemSet",
    "check_rows",
    "humaneval_errata",
    "load_problems",
    "read_problem_rows",
]
