"""Completions from an OpenAI-compatible endpoint, as a samples file that `evaluate` reads."""

from evaluator.generation.generate import generate
from evaluator.generation.progress import Generation, GenerationProgress
from evaluator.generation.settings import GenerationSettings

__all__ = ["Generation", "GenerationProgress", "GenerationSettings", "generate"]
