"""Scores completions: problem sets, sample files, pass rates and everything a user touches about them."""

from evaluator.client import Client, ServiceError
from evaluator.errors import (
    EvaluatorError,
    ModelsError,
    OutputError,
    ProblemsError,
    RunError,
    SamplesError,
    StoreError,
    UsageError,
)
from evaluator.evaluate import evaluate
from evaluator.models import Model
from evaluator.problems import Problem, ProblemSet, load_problems
from evaluator.rates import Count, PassAtK, estimate_pass_at_k, pass_at_k
from evaluator.record import EvaluationResult
from evaluator.samples import Sample, SampleFormat, open_samples, sanitize

__all__ = [
    "Client",
    "Count",
    "EvaluationResult",
    "EvaluatorError",
    "Model",
    "ModelsError",
    "OutputError",
    "PassAtK",
    "Problem",
    "ProblemSet",
    "ProblemsError",
    "RunError",
    "Sample",
    "SampleFormat",
    "SamplesError",
    "ServiceError",
    "StoreError",
    "UsageError",
    "estimate_pass_at_k",
    "evaluate",
    "load_problems",
    "open_samples",
    "pass_at_k",
    "sanitize",
]
