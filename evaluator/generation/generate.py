"""From problems to a samples file: asks an endpoint for each completion that the file does not have yet."""

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from evaluator.errors import ProblemsError, UsageError
from evaluator.generation.endpoint import Endpoint, public_url
from evaluator.generation.progress import Generation, GenerationProgress
from evaluator.generation.record import open_record
from evaluator.generation.rows import open_rows
from evaluator.generation.settings import GenerationSettings
from evaluator.problems import ProblemSet, load_problems

__all__ = ["KEY_VARIABLE", "generate"]

KEY_VARIABLE: Final = "OPENAI_API_KEY"
_NAMED: Final = 3  # problems that are not asked for and are named in a sentence


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
    all_problems: bool = False,
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
        all_problems: also ask for problems without usable tests; their completions cannot be scored.
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
        ProblemsError: no problem of the set has usable tests.
        EndpointError: the endpoint refuses the key, or has no such model.
        SamplesError: the file is not one that this function wrote.
        OutputError: the file cannot be written, or is being written.
    """
    from evaluator.generation.asking import Asking  # noqa: PLC0415 - who only scores needs no event loop

    problem_set = problems if isinstance(problems, ProblemSet) else load_problems(problems)
    left_out = {} if all_problems else problem_set.unusable
    asked = problem_set.only([task_id for task_id in problem_set.problems if task_id not in left_out])
    settings = GenerationSettings(
        model=model, chat=chat, n=n, temperature=temperature, top_p=top_p, max_tokens=max_tokens, stop=stop,
        seed=seed, template=template, system=system, extra=dict(extra or {}),
    )  # fmt: skip
    output = Path(output)
    _check_problems(asked, left_out)
    _check(output, concurrency=concurrency, retries=retries, timeout_s=timeout_s)
    endpoint = Endpoint(
        base_url, os.environ.get(key_variable), settings, retries=retries, timeout_s=timeout_s
    )
    record = open_record(output, problem_set, settings, public_url(base_url), tuple(left_out))
    with open_rows(output) as rows:
        record.write()
        if rows.repaired and tell:
            tell(f"{output}: its last row was cut off and is asked for again")
        if left_out and tell:
            tell(
                f"{len(left_out):,} of {len(problem_set):,} problems of {problem_set.name} are not asked "
                f"for, because they cannot be scored: {_named(left_out)}"
            )
        asking = Asking(asked, settings, endpoint, rows, concurrency=concurrency, progress=progress)
        try:
            asking.run()
        finally:
            if not rows.done:
                output.unlink()
                record.path.unlink()
            else:
                record.write(rows=len(rows.done), cut=rows.cut)
        return replace(asking.result(record.path), left_out=tuple(left_out))


def _check_problems(asked: ProblemSet, left_out: Mapping[str, str]) -> None:
    if not len(asked):
        raise ProblemsError(
            f"{asked.name}: no problem of the set can be scored ({_named(left_out)}); mend the set",
            option="all_problems",
            to="ask for its problems all the same",
        )


def _named(left_out: Mapping[str, str]) -> str:
    named = "; ".join(f"{task_id:.60}: {left_out[task_id]:.160}" for task_id in list(left_out)[:_NAMED])
    more = len(left_out) - _NAMED
    return named + (f"; and {more:,} more" if more > 0 else "")


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
