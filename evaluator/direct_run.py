"""Score a samples file without a store: check every row, run each distinct program once, write results.

The file is read three times and never held in memory: to check all of it before anything runs, to feed the
sandbox, and to write each row with its outcome.
"""

import contextlib
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, TextIO

from evaluator.errors import SamplesError
from evaluator.executors import Executor, ExecutorConfig, open_executor
from evaluator.files.atomic_write import replace_atomically
from evaluator.model_card import Model
from evaluator.problem_check import check_problems, pass_over
from evaluator.problems import ProblemSet
from evaluator.samples import Sample, SampleFile
from evaluator.samples.sample import cached
from evaluator.scoring.deduplicate import WINDOW, ScoredOutcome, run_unique
from evaluator.scoring.following import Following
from evaluator.scoring.outcome_cache import Cache
from evaluator.scoring.program import program_of
from evaluator.scoring.result import EvaluationResult, summarise
from evaluator.scoring.result_paths import run_record_path
from evaluator.scoring.result_rows import RowFormatter, base_passed
from evaluator.scoring.run_record import record_before, run_record, write_record
from evaluator.scoring.settings import ScoringSettings
from evaluator.scoring.tally import Tally, scored_again
from evaluator.scoring.validate import validate_samples
from sandbox import Audit, DisagreementError, Program

__all__ = ["DirectRun", "Progress"]

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class DirectRun:
    """Scoring of one samples file against one problem set, kept in no store.

    Attributes:
        samples: the samples.
        problems: the problem set.
        settings: how to score.
        model: the model that wrote the samples, if it is known.
        cache: outcomes of earlier runs, to reuse and add to.
        where: the executor that runs the programs.
        following: what is told of the run's progress.
    """

    samples: SampleFile
    problems: ProblemSet
    settings: ScoringSettings
    model: Model | None
    cache: Cache | None
    where: ExecutorConfig
    following: Following

    def score(self, output: Path | None, progress: Progress | None) -> EvaluationResult:
        """Score all samples; if the shared process erred, again with a process for each program.

        Args:
            output: where the results go; None writes none.
            progress: called with samples scored and samples in all.

        Raises:
            SamplesError: a row of the samples is bad, or the file changed meanwhile; nothing is written.
            SandboxError: the sandbox could not be opened or kept running; nothing is written.
        """
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


@contextlib.contextmanager
def _noting(box: Executor, found: Audit) -> Iterator[None]:
    """Copy what the audit of an engine has found, at the end, to one that is kept."""
    try:
        yield
    finally:
        for each in fields(found):
            setattr(found, each.name, getattr(box.audit, each.name))
