"""`evaluate`: check how it is called, then score the samples, in a store or without one."""

import contextlib
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from evaluator.direct_run import DirectRun, Progress
from evaluator.errors import UsageError
from evaluator.executors import EngineName, ExecutorConfig
from evaluator.model_card import Model
from evaluator.problems import ProblemRows, ProblemSet, check_rows, read_problem_rows
from evaluator.runs.evaluate import StoredRunOptions, evaluate_stored
from evaluator.samples import SampleFormat, open_samples
from evaluator.samples.readers.human_eval import samples_of_rows
from evaluator.samples.sample import without_excluded
from evaluator.scoring.following import Follow, Following
from evaluator.scoring.given import chosen, k_values, number, sample_rows, table_rows
from evaluator.scoring.outcome_cache import Cache
from evaluator.scoring.result import EvaluationResult
from evaluator.scoring.result_paths import default_results_path
from evaluator.scoring.settings import ScoringSettings
from sandbox import JudgeMode
from sandbox.backends.selection import BACKENDS, LEVELS
from sandbox.options import EXECUTION_CHOICES, current_execution

if TYPE_CHECKING:
    from predictor.tables.records import Frame

    Rows = Iterable[Mapping[str, object]] | Frame

__all__ = ["evaluate"]


def evaluate(
    samples: "str | Path | Rows",
    problems: "str | Path | ProblemRows | ProblemSet | Rows" = "humaneval",
    *,
    k: int | Sequence[int] = (1, 10, 100),
    workers: int | None = None,
    timeout_s: float | None = None,
    judge: JudgeMode | str = JudgeMode.ISOLATED,
    backend: str = "auto",
    isolation: str | None = None,
    execution: str = "auto",
    audit: float = 0.01,
    packages: str | None = None,
    sample_format: SampleFormat | str | None = None,
    sample_filter: str | None = None,
    sanitize: bool = False,
    dedupe: bool = True,
    cache: str | Path | None = None,
    ignore_incomplete: bool = False,
    base_only: bool = False,
    strict: bool = False,
    output: str | Path | None = None,
    model: Model | str | None = None,
    store: str | Path | None = None,
    resume: str | None = None,
    engine: EngineName = "local",
    ray_address: str | None = None,
    tell: Callable[[str], None] | None = None,
    progress: Progress | None = None,
    follow: Follow | None = None,
    lane: str | None = None,
) -> EvaluationResult:
    """Score samples against a problem set and return pass rates; write a results file and the run's record.

    Args:
        samples: a file or directory in a format of `SampleFormat`; or a data frame or dictionaries with
            human-eval's or EvalPlus's columns (then results are written only if `output` is given).
        problems: a name, a path, or a set that was read before, see `load_problems`; or a data frame or
            dictionaries with the columns of such a file.
        k: which pass@k, one or several; each is reported only if every problem has at least k samples.
        workers: programs run at once, on a cluster on each node; one for each CPU there unless given.
        timeout_s: CPU seconds for a program and all of its test; the problem set's own figure unless given.
        judge: `isolated`, or `in-process` for human-eval's exact program text. Problems whose tests live
            beside the code (kind `unittest`) are judged in-process without being asked to.
        backend: what encloses programs; see `sandbox.open_sandbox`.
        isolation: the least isolation to accept; see `sandbox.open_sandbox`.
        execution: `auto` or `dedicated`; see `sandbox.open_sandbox`.
        audit: the share of programs failed by the shared process that are run again; see
            `EvaluationResult.audit`.
        packages: the bundle of packages that programs may import; see `passlaw packages`.
        sample_format: read the file as this rather than by its looks.
        sample_filter: the filter whose answers to read from an lm-eval log; its first unless given.
        sanitize: take the code out of chat answers first; see `samples.sanitize`.
        dedupe: run identical programs for the same problem once.
        cache: a file that keeps outcomes from run to run, see `scoring.outcome_cache`; None keeps none.
        ignore_incomplete: score a file that leaves problems out.
        base_only: leave EvalPlus's extra tests out.
        strict: refuse a problem set of which not every problem holds; otherwise those that do not are named
            and do not count, see `EvaluationResult.problem_check`.
        output: where the results go; `<samples>_results.jsonl` unless given.
        model: the model's name, or all that is known of it, for the record.
        store: keep the run in this store too (a path of a SQLite file, or a URL); `problems` is then no
            `ProblemSet`, which does not hold all that is kept.
        resume: go on with this run of the store, which broke off, under its own settings.
        engine: `local`, this machine, or `ray`, the nodes of a Ray cluster (see `evaluator.executors`).
        ray_address: that cluster's; see `Where.ray_address`.
        tell: called with a sentence for a person, such as that a node is lost.
        progress: called with samples scored and samples in all.
        follow: called with a `RunEvent` when scoring starts, at most twice a second while it goes on, and at
            the end, in the thread that scores; `evaluator.integrations.followers` has those for wandb and
            trackio. If it raises, that is told once and the run goes on without it.
        lane: the old name of `execution`, accepted for one release.

    Raises:
        EvaluatorError: wrong usage or bad input; nothing has been run or written.
        SandboxError: this machine cannot give the isolation asked for, or workers cannot be kept running.
    """
    card = Model.of(model)
    rows = None if isinstance(problems, ProblemSet) else _rows(problems, base_only=base_only)
    problems = rows.problem_set if rows else problems
    assert isinstance(problems, ProblemSet)
    where = ExecutorConfig(engine, workers, ray_address, tell=tell or _nothing)
    where.check()
    settings = ScoringSettings(
        k=k_values(k),
        workers=number("workers", workers) or (None if engine == "ray" else len(os.sched_getaffinity(0))),
        timeout_s=problems.timeout_s if timeout_s is None else number("timeout_s", timeout_s),
        judge=problems.judge_mode(JudgeMode(chosen("judge", judge, list(JudgeMode)))),
        backend=chosen("backend", backend, ("auto", *BACKENDS)),
        isolation=None if isolation is None else chosen("isolation", isolation, LEVELS),
        execution=chosen("execution", current_execution(execution, lane), EXECUTION_CHOICES),
        audit=number("audit", audit),
        sanitize=sanitize,
        dedupe=dedupe,
        ignore_incomplete=ignore_incomplete,
        base_only=base_only,
        strict=strict,
        packages=packages,
    )
    named = chosen("sample_format", sample_format, list(SampleFormat)) if sample_format else None
    if isinstance(samples, str | Path):
        given = SampleFormat(named) if named else None
        file = open_samples(samples, problems, given, sample_filter=sample_filter)
        output = Path(output) if output else default_results_path(file.path)
    else:
        file = without_excluded(samples_of_rows(sample_rows(samples)), problems)
        output = Path(output) if output else None
    following = Following(follow, where.tell)
    if store is None:
        with following, contextlib.ExitStack() as stack:
            kept = stack.enter_context(Cache(Path(cache))) if cache else None
            if resume is not None:
                raise UsageError("resuming a run requires its store", option="store")
            if kept and kept.outdated:
                where.tell(
                    f"{cache}: no kept outcome is reused, because another version of the sandbox made them; "
                    f"new ones are added, and 'passlaw cache clear' drops the old ones"
                )
            return DirectRun(file, problems, settings, card, kept, where, following).score(output, progress)
    if cache is not None:
        raise UsageError("a store keeps outcomes itself; give either a store or a cache")
    if rows is None:
        raise UsageError("a store keeps a problem set as its file holds it; give its name or path")
    kept_as = StoredRunOptions(store, output, resume, where, progress, following)
    with following:
        return evaluate_stored(file, rows, settings, card, kept_as)


def _nothing(_sentence: str) -> None:
    pass


def _rows(problems: object, *, base_only: bool) -> ProblemRows:
    if isinstance(problems, ProblemRows):
        return problems
    if isinstance(problems, str | Path):
        return read_problem_rows(problems, base_only=base_only)
    return check_rows("rows", table_rows(problems, "problems"), "rows in memory", base_only=base_only)
