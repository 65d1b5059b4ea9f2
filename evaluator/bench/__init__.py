"""Measures passlaw beside other scorers, on the same completions in one run."""

from evaluator.bench.compare import Bench, Row, run_bench

__all__ = ["Bench", "Row", "run_bench"]
