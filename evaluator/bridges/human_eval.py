"""The former name of `evaluator.integrations.human_eval`."""

from evaluator.integrations.human_eval import evaluate_functional_correctness

__all__ = ["evaluate_functional_correctness"]
