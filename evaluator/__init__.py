"""Scores completions: problem sets, sample files, pass rates and everything a user touches about them."""

from evaluator.client.client import Client
from evaluator.client.responses import ServiceError
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
from evaluator.generation import Generation, generate
from evaluator.metrics.comparison import Comparison, compare
from evaluator.metrics.pass_at_k import Count, PassAtK, estimate_pass_at_k, pass_at_k
from evaluator.model_card import Model
from evaluator.problems import Problem, ProblemSet, load_problems
from evaluator.rewards import RewardModel
from evaluator.samples import Sample, SampleFormat, open_samples, sanitize
from evaluator.scoring.following import RunEvent
from evaluator.scoring.result import EvaluationResult

__all__ = [
    "Client",
    "Comparison",
    "Count",
    "EvaluationResult",
    "EvaluatorError",
    "Generation",
    "Model",
    "ModelsError",
    "OutputError",
    "PassAtK",
    "Problem",
    "ProblemSet",
    "ProblemsError",
    "RewardModel",
    "RunError",
    "RunEvent",
    "Sample",
    "SampleFormat",
    "SamplesError",
    "ServiceError",
    "StoreError",
    "UsageError",
    "compare",
    "estimate_pass_at_k",
    "evaluate",
    "generate",
    "load_problems",
    "open_samples",
    "pass_at_k",
    "sanitize",
]
