"""`passlaw evaluate --server`: the same command, files and last line; a service does the work."""

import os
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from evaluator.cli.errors import flag
from evaluator.cli.progress import progress_bar
from evaluator.client.client import Client
from evaluator.client.responses import RunInfo
from evaluator.errors import RunError, SamplesError, UsageError
from evaluator.files.atomic_write import replace_atomically
from evaluator.metrics.pass_at_k import Count, PassAtK
from evaluator.model_card import Model
from evaluator.problem_check import ProblemCheck
from evaluator.scoring.result_paths import default_results_path
from evaluator.scoring.run_record import EvaluationResult
from sandbox import Audit

__all__ = ["evaluate_there", "refuse_local"]


def refuse_local(ctx: click.Context, *names: str) -> None:
    """Refuse options that speak of this machine."""
    for name in names:
        if ctx.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE:
            raise UsageError(f"{flag(name)} cannot be used with --server, where the service decides")


def evaluate_there(
    server: str,
    samples: Path,
    problems: str,
    *,
    model: Model | None,
    options: Mapping[str, Any],
    output: Path | None,
) -> EvaluationResult:
    """Submit a file, follow the run, write its results; return what it found.

    Raises:
        ServiceError: the service refuses or cannot be reached.
        RunError: the run failed or was cancelled there.
    """
    if not samples.is_file():
        raise SamplesError(f"{samples}: no such file; a service takes files, not directories")
    output = output or default_results_path(samples)
    with Client(server, os.environ.get("PASSLAW_KEY")) as client:
        if model:
            known = {name: value for name, value in asdict(model).items() if value is not None}
            known.pop("flops_derived")
            client.add_model(**known)
        run = client.submit(samples, problems, model=model.name if model else None, **options)
        click.echo(f"Submitted as run {run.id} of {server}.", err=True)
        with progress_bar() as advance:
            for progress in client.follow(run.id):
                advance(progress.done, progress.samples)
        run = client.run(run.id)
        if run.state != "done":
            raise RunError(f"run {run.id} is {run.state}{f': {run.error}' if run.error else ''}")
        with replace_atomically(output) as file:
            for line in client.result_lines(run.id):
                file.write(line + "\n")
    return _result(run, output)


def _result(run: RunInfo, output: Path) -> EvaluationResult:
    found, sandbox = run.result, run.details["sandbox"] or {}
    intervals = {name: (low, high) for name, (low, high) in found["intervals"].items()}
    estimates = tuple(
        PassAtK(int(name.removeprefix("pass@")), mean, *intervals[name], None, None)
        for name, mean in found["pass_at_k"].items()
    )
    counts: dict[str, Count] = {}
    return EvaluationResult(
        pass_at_k=found["pass_at_k"],
        intervals=intervals,
        estimates=estimates,
        base_estimates=(),
        verdicts=found["verdicts"],
        samples=found["samples"],
        problems=found["problems"],
        judge=run.details["settings"]["judge"],
        isolation=str(sandbox.get("isolation")),
        seconds=round(run.details["seconds"], 3),
        cpu_s=found["cpu_s"],
        reused=found["reused"],
        execution_counts=found["execution_counts"] if "execution_counts" in found else found["lanes"],
        audit=Audit(seed=int(run.details["seed"]), **found["audit"]),
        counts=counts,
        base_counts=counts,
        short={},
        missing=tuple(found["missing"]),
        unscored=tuple(found["unscored"]),
        results=str(output),
        sandbox=sandbox,
        problem_check=ProblemCheck.of(found.get("problem_check")),
        all_estimates=tuple(
            PassAtK(int(name.removeprefix("pass@")), mean, mean, mean, None, None)
            for name, mean in found.get("pass_at_k_all", {}).items()
        ),
    )
