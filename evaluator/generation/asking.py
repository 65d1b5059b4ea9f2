"""Asks an endpoint for what a samples file does not have yet, many requests at once."""

import asyncio
import time
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from dataclasses import replace
from pathlib import Path
from typing import Final, NamedTuple

from anyio.from_thread import start_blocking_portal

from evaluator.generation.endpoint import Answer, AskingError, Endpoint
from evaluator.generation.progress import Generation, GenerationProgress
from evaluator.generation.prompts import prompt_of
from evaluator.generation.rows import RowsFile
from evaluator.generation.settings import GenerationSettings
from evaluator.problems import Problem, ProblemSet

__all__ = ["Asking"]

_NAMED: Final = 100  # failures that are named
_IN_A_ROW: Final = 10  # failed requests, each tried several times, or one a connection, after which we stop


class _Job(NamedTuple):
    problem: Problem
    sample: int


class Asking:
    """One call of `generate`: a number of workers that share a list of what is missing."""

    def __init__(
        self,
        problems: ProblemSet,
        settings: GenerationSettings,
        endpoint: Endpoint,
        rows: RowsFile,
        *,
        concurrency: int,
        progress: Callable[[GenerationProgress], None] | None,
    ) -> None:
        self._settings = settings
        self._endpoint = endpoint
        self._rows = rows
        self._tell = progress or (lambda _progress: None)
        self._jobs = self._missing(problems)
        self._failures: list[str] = []
        self._in_a_row = 0
        self._stopped = ""
        self._started = time.monotonic()
        total = len(rows.done) + sum(1 for _ in self._missing(problems))
        self._progress = GenerationProgress(total, len(rows.done), concurrency, cut=rows.cut)

    def run(self) -> None:
        """Ask for all that is missing; on an interrupt, requests on their way are given up.

        The event loop has a thread of its own, so that this works where one is running, as in a notebook.
        """
        with start_blocking_portal() as portal:
            asked = portal.start_task_soon(self._ask_all)
            try:
                asked.result()
            except (KeyboardInterrupt, CancelledError):
                asked.cancel()
                raise

    def result(self, record: Path) -> Generation:
        """Return what the file has now."""
        progress = self._progress
        return Generation(
            output=self._rows.path,
            record=record,
            total=progress.total,
            rows=progress.done,
            made=progress.made,
            cut=progress.cut,
            tokens=progress.tokens,
            seconds=round(progress.seconds, 3),
            failures=tuple(self._failures),
            stopped=self._stopped,
        )

    def _missing(self, problems: ProblemSet) -> Iterator[_Job]:
        """Yield what is missing, all problems' first samples first, so that a part of it can be scored."""
        for sample in range(self._settings.n):
            for problem in problems:
                if (problem.task_id, sample) not in self._rows.done:
                    yield _Job(problem, sample)

    async def _ask_all(self) -> None:
        self._started = time.monotonic()
        missing = self._progress.total - self._progress.done
        async with self._endpoint:
            try:
                async with asyncio.TaskGroup() as group:
                    for _ in range(min(self._progress.concurrency, missing)):
                        group.create_task(self._work())
            except* Exception as errors:  # noqa: BLE001 - raised again, out of its group
                raise errors.exceptions[0] from None
        self._progress.seconds = time.monotonic() - self._started

    async def _work(self) -> None:
        for job in self._jobs:
            if self._stopped:
                return
            prompt = prompt_of(self._settings, job.problem)
            try:
                answer = await self._endpoint.ask(prompt, job.problem.task_id, job.sample)
            except AskingError as error:
                self._note_failure(job, str(error))
            else:
                self._note(job, answer)
            self._progress.seconds = time.monotonic() - self._started
            self._tell(replace(self._progress))

    def _note(self, job: _Job, answer: Answer) -> None:
        self._rows.append(_row(self._settings, job, answer))
        self._in_a_row = 0
        progress = self._progress
        progress.done += 1
        progress.made += 1
        progress.cut = self._rows.cut
        progress.tokens += answer.completion_tokens or 0

    def _note_failure(self, job: _Job, why: str) -> None:
        self._progress.failed += 1
        self._in_a_row += 1
        if len(self._failures) < _NAMED:
            self._failures.append(f"{job.problem.task_id}, sample {job.sample}: {why}")
        if self._in_a_row == max(_IN_A_ROW, self._progress.concurrency):
            self._stopped = f"{self._in_a_row} requests failed one after another, the last with: {why}"


def _row(settings: GenerationSettings, job: _Job, answer: Answer) -> dict[str, object]:
    task_id = job.problem.task_id
    known = {
        "seed": settings.seed_of(task_id, job.sample),
        "reasoning": answer.reasoning,
        "prompt_tokens": answer.prompt_tokens,
        "completion_tokens": answer.completion_tokens,
    }
    return {
        "task_id": task_id,
        "completion": answer.text,
        "model": settings.model,
        "sample": job.sample,
        "finish_reason": answer.finish_reason,
        **{name: value for name, value in known.items() if value is not None},
    }
