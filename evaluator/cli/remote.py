"""`passlaw evaluate --server`: the same command, files and last line; a service does the work."""

import json
import os
from collections import Counter
from collections.abc import Iterator, Mapping
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
from evaluator.metrics.pass_at_k import Count, PassAtK, pass_at_k, problems_short_of
from evaluator.model_card import Model
from evaluator.problem_check import ProblemCheck
from evaluator.problems import ProblemSet
from evaluator.samples import Sample, SampleFile, SampleFormat
from evaluator.scoring.result import EvaluationResult
from evaluator.scoring.result_paths import default_results_path, run_record_path
from evaluator.scoring.run_record import run_record, write_record
from evaluator.scoring.settings import ScoringSettings
from sandbox import Audit, JudgeMode

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
        try:
            with progress_bar() as advance:
                for progress in client.follow(run.id):
                    advance(progress.done, progress.samples)
        except KeyboardInterrupt:
            click.echo(f"passlaw: run {run.id} goes on at {server}, where its results will be", err=True)
            raise
        run = client.run(run.id)
        if run.state != "done":
            raise RunError(f"run {run.id} is {run.state}{f': {run.error}' if run.error else ''}")
        counted = _Counted()
        with replace_atomically(output) as file:
            for line in client.result_lines(run.id):
                counted.add(json.loads(line))
                file.write(line + "\n")
    result = _result(run, counted, output)
    _record(run, result, samples, model)
    return result


class _Counted:
    """The counts of a run, from its result rows."""

    def __init__(self) -> None:
        self.scored: Counter[str] = Counter()
        self.passed: Counter[str] = Counter()
        self.base: Counter[str] = Counter()
        self.base_known = True

    def add(self, row: Mapping[str, Any]) -> None:
        """Count a row, unless it has no verdict."""
        task_id, passed = row["task_id"], row["passed"]
        self.scored[task_id] += passed is not None
        self.passed[task_id] += bool(passed)
        self.base[task_id] += bool(row.get("base_passed"))
        self.base_known &= passed is None or row.get("base_passed") is not None


def _record(run: RunInfo, result: EvaluationResult, samples: Path, model: Model | None) -> None:
    """Write the record that the command writes without a service, as far as the service tells."""
    about = run.details
    settings = {**about["settings"], "k": tuple(about["settings"]["k"])}
    problems = ProblemSet(about["problems"]["name"], {}, about["problems"]["sha256"], "the service's store")
    file = SampleFile(samples, SampleFormat(about["samples"]["format"]), "as the service read it", _none)
    assert result.results is not None
    record = run_record(
        result,
        samples=file,
        problems=problems,
        settings=ScoringSettings(**settings | {"judge": JudgeMode(settings["judge"])}),
        model=model,
        elsewhere={"versions": about["versions"], "machine": about["machine"]},
    )
    write_record(run_record_path(Path(result.results)), record)


def _none() -> Iterator[Sample]:
    return iter(())


def _result(run: RunInfo, counted: _Counted, output: Path) -> EvaluationResult:
    found, sandbox = run.result, run.details["sandbox"] or {}
    intervals = {name: (low, high) for name, (low, high) in found["intervals"].items()}
    checked = ProblemCheck.of(found.get("problem_check"))
    excluded = checked.excluded if checked else {}
    names = [task_id for task_id in counted.scored if task_id not in excluded]
    counts = {task_id: Count(counted.scored[task_id], counted.passed[task_id]) for task_id in names}
    base = {task_id: Count(counted.scored[task_id], counted.base[task_id]) for task_id in names}
    base = base if counted.base_known else {}
    reported = [int(name.removeprefix("pass@")) for name in found["pass_at_k"]]
    asked = [int(k) for k in run.details["settings"]["k"]]
    return EvaluationResult(
        pass_at_k=found["pass_at_k"],
        intervals=intervals,
        estimates=tuple(pass_at_k(list(counts.values()), k) for k in reported),
        base_estimates=tuple(pass_at_k(list(base.values()), k) for k in reported) if base else (),
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
        base_counts=base,
        short={k: short for k in asked if (short := problems_short_of(counts, k))},
        missing=tuple(found["missing"]),
        unscored=tuple(found["unscored"]),
        results=str(output),
        sandbox=sandbox,
        problem_check=checked,
        run=run.id,
        all_estimates=tuple(
            PassAtK(int(name.removeprefix("pass@")), mean, mean, mean, None, None)
            for name, mean in found.get("pass_at_k_all", {}).items()
        ),
    )
