"""From problems to a samples file: asks an endpoint for each completion that the file does not have yet."""

import asyncio
import os
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import CancelledError
from dataclasses import replace
from pathlib import Path
from typing import Final, NamedTuple

from anyio.from_thread import start_blocking_portal

from evaluator.errors import EvaluatorError, UsageError
from evaluator.generation.endpoint import Answer, AskingError, Endpoint, public_url
from evaluator.generation.progress import Generation, GenerationProgress
from evaluator.generation.prompts import prompt_of
from evaluator.generation.record import open_record
from evaluator.generation.rows import RowsFile, open_rows
from evaluator.generation.settings import GenerationSettings
from evaluator.problems import Problem, ProblemSet, load_problems

__all__ = ["KEY_VARIABLE", "generate"]

KEY_VARIABLE: Final = "OPENAI_API_KEY"
_NAMED: Final = 100  # failures that are named
_IN_A_ROW: Final = 10  # failed requests, each tried several times, or one a connection, after which we stop


def generate(
    problems: str | Path | ProblemSet,
    output: str | Path,
    *,
    base_url: str,
    model: str,
    chat: bool = False,
    n: int = 20,
    temperature: float = 0.8,
    top_p: float | None = None,
    max_tokens: int = 1024,
    stop: tuple[str, ...] | None = None,
    seed: int | None = None,
    template: str | None = None,
    system: str | None = None,
    extra: Mapping[str, object] | None = None,
    concurrency: int = 16,
    retries: int = 5,
    timeout_s: float = 600.0,
    key_variable: str = KEY_VARIABLE,
    tell: Callable[[str], None] | None = None,
    progress: Callable[[GenerationProgress], None] | None = None,
) -> Generation:
    """Ask an OpenAI-compatible endpoint for n completions of each problem; write them as a samples file.

    Each completion is a request and a row of its own. A row is in the file as soon as its answer is there, so
    nothing that was answered is ever lost; a second call with the same output asks for what is missing. Rows
    are in the order in which they came: the first completion of all problems, then the second, ...

    Args:
        problems: a name, a path, or a set that was read before; see `load_problems`.
        output: the samples file, JSONL. Its record is beside it, `<output>_generation.json`.
        base_url: the endpoint, up to and without `/completions`: `http://localhost:8000/v1`.
        model: the model's name at the endpoint.
        chat: ask `/chat/completions`; otherwise `/completions`.
        n: completions of each problem.
        temperature: of sampling.
        top_p: nucleus sampling; the endpoint's own default if None.
        max_tokens: the most tokens of an answer.
        stop: sequences that end an answer; see `GenerationSettings`, as of the next four.
        seed: from which each completion gets a seed of its own.
        template: the text of a request, with `{prompt}` where the problem's belongs.
        system: a system message; chat only.
        extra: further fields of the request's body.
        concurrency: requests at once.
        retries: of a request that failed, with back-off; see `Endpoint`.
        timeout_s: seconds that one try may take.
        key_variable: the environment variable that holds the API key; without a key none is sent.
        tell: called with a sentence for a person.
        progress: called when a row is written or a request has failed.

    Returns:
        What the file has. `complete` is false where requests failed; the same call asks for these again.

    Raises:
        UsageError: an option is wrong, or the file was made with other settings; nothing was asked.
        EndpointError: the endpoint refuses the key, or has no such model.
        SamplesError: the file is not one that this function wrote.
        OutputError: the file cannot be written, or is being written.
    """
    problem_set = problems if isinstance(problems, ProblemSet) else load_problems(problems)
    settings = GenerationSettings(
        model=model, chat=chat, n=n, temperature=temperature, top_p=top_p, max_tokens=max_tokens, stop=stop,
        seed=seed, template=template, system=system, extra=dict(extra or {}),
    )  # fmt: skip
    output = Path(output)
    _check(output, concurrency=concurrency, retries=retries, timeout_s=timeout_s)
    endpoint = Endpoint(
        base_url, os.environ.get(key_variable), settings, retries=retries, timeout_s=timeout_s
    )
    record = open_record(output, problem_set, settings, public_url(base_url))
    with open_rows(output) as rows:
        record.write()
        if rows.repaired and tell:
            tell(f"{output}: its last row was cut off and is asked for again")
        asking = _Asking(problem_set, settings, endpoint, rows, concurrency=concurrency, progress=progress)
        try:
            asking.run()
        finally:
            if not rows.done:
                output.unlink()
                record.path.unlink()
            else:
                record.write(rows=len(rows.done), cut=rows.cut)
        return asking.result(record.path)


def _check(output: Path, *, concurrency: int, retries: int, timeout_s: float) -> None:
    if not 1 <= concurrency <= 4096:
        raise UsageError(f"concurrency: {concurrency} is not between 1 and 4096")
    if not 0 <= retries <= 100:
        raise UsageError(f"retries: {retries} is not between 0 and 100")
    if not 0.0 < timeout_s <= 86_400.0:
        raise UsageError(f"timeout: {timeout_s} is not a number of seconds above 0")
    if output.suffix == ".gz":
        raise UsageError(
            f"{output}: rows are added one by one, so the file is plain JSONL; gzip it afterwards"
        )


class _Job(NamedTuple):
    problem: Problem
    sample: int


class _Asking:
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
        total = len(problems) * settings.n
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
            except* EvaluatorError as errors:
                first = errors.exceptions[0]
                assert isinstance(first, EvaluatorError)
                raise first from None
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
