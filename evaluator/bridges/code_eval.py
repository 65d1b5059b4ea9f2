"""The former name of `evaluator.integrations.code_eval`."""

from evaluator.integrations.code_eval import CodeResult, compute

__all__ = ["CodeResult", "compute"]
