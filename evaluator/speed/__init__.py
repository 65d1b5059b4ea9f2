"""Measures passlaw beside other scorers, on the same completions in one run."""

from evaluator.speed.comparison import Bench, Row, run_bench

__all__ = ["Bench", "Row", "run_bench"]
