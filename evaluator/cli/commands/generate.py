"""`passlaw generate`: completions from an endpoint; progress on stderr, the summary on stdout."""

import json
import shlex
from collections.abc import Mapping
from pathlib import Path

import click

from evaluator.cli.errors import InterruptedFailure, UsageFailure
from evaluator.cli.generation_progress import generation_bar
from evaluator.cli.options import PATH
from evaluator.files.escaping import printable
from evaluator.files.wording import counted
from evaluator.generation import Generation, generate
from evaluator.generation.generate import KEY_VARIABLE

__all__ = ["command"]


@click.command(name="generate", short_help="Get completions from an OpenAI-compatible endpoint.")
@click.option(
    "--problems",
    default="humaneval",
    show_default=True,
    help="humaneval, humaneval+, mbpp, mbpp+, or a file.",
)
@click.option(
    "--base-url",
    required=True,
    metavar="URL",
    help="The endpoint, such as http://localhost:8000/v1.",
)
@click.option("--model", required=True, metavar="NAME", help="The model's name at the endpoint.")
@click.option("--chat", is_flag=True, help="Ask /chat/completions rather than /completions.")
@click.option("--n", type=click.IntRange(1), default=20, show_default=True, help="Completions per problem.")
@click.option("--temperature", type=float, default=0.8, show_default=True, help="Sampling temperature.")
@click.option("--top-p", type=float, help="Nucleus sampling.  [default: the endpoint's]")
@click.option(
    "--max-tokens", type=click.IntRange(1), default=1024, show_default=True, help="Most tokens of an answer."
)
@click.option(
    "--stop",
    "stops",
    multiple=True,
    metavar="TEXT",
    help=r"Text that ends an answer (\n is a line break); may be repeated, '' for none.  "
    r"[default: \nclass, \ndef, \nif, \nprint; none with --chat]",
)
@click.option("--seed", type=int, help="Seed, from which each completion gets its own.  [default: none sent]")
@click.option("--template", type=PATH, help="File with the text of a request, {prompt} for the problem's.")
@click.option("--system", metavar="TEXT", help="System message, with --chat.")
@click.option("--extra", metavar="JSON", help="""More fields of each request, such as '{"top_k": 40}'.""")
@click.option(
    "--all-problems",
    is_flag=True,
    help="Also ask for problems without usable tests, which cannot be scored.",
)
@click.option(
    "--concurrency", type=click.IntRange(1, 4096), default=16, show_default=True, help="Requests at once."
)
@click.option(
    "--retries",
    type=click.IntRange(0, 100),
    default=5,
    show_default=True,
    help="Tries after a first that failed, with back-off.",
)
@click.option(
    "--request-timeout",
    type=float,
    default=600.0,
    show_default=True,
    help="Seconds that one try may take.",
)
@click.option(
    "--key-variable",
    metavar="VARIABLE",
    default=KEY_VARIABLE,
    show_default=True,
    help="Environment variable that holds the API key.",
)
@click.option("--output", type=PATH, required=True, help="The samples file, JSONL; rows are added to it.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def command(
    ctx: click.Context,
    *,
    problems: str,
    base_url: str,
    model: str,
    chat: bool,
    n: int,
    temperature: float,
    top_p: float | None,
    max_tokens: int,
    stops: tuple[str, ...],
    seed: int | None,
    template: Path | None,
    system: str | None,
    extra: str | None,
    all_problems: bool,
    concurrency: int,
    retries: int,
    request_timeout: float,
    key_variable: str,
    output: Path,
    as_json: bool,
) -> None:
    """Ask an endpoint for completions of every problem and write them as a samples file.

    Each answer is written at once, so an interruption loses none; repeat the command to ask for what is
    missing. 'passlaw evaluate' reads the file as it is; all settings are in a record beside it. The API key
    is read from $OPENAI_API_KEY. Exit status 1 if rows are missing.
    """
    try:
        with generation_bar() as advance:
            made = generate(
                problems,
                output,
                base_url=base_url,
                model=model,
                chat=chat,
                n=n,
                temperature=temperature,
                top_p=top_p,
                max_tokens=max_tokens,
                stop=_stops(stops),
                seed=seed,
                template=_read(template),
                system=system,
                extra=_object(extra),
                all_problems=all_problems,
                concurrency=concurrency,
                retries=retries,
                timeout_s=request_timeout,
                key_variable=key_variable,
                tell=lambda sentence: click.echo(f"passlaw: {printable(sentence, 1000)}", err=True),
                progress=advance,
            )
    except KeyboardInterrupt:
        there = f"what was answered is in {output}" if output.exists() else "nothing was answered yet"
        raise InterruptedFailure(f"interrupted; {there}, and the same command asks for the rest") from None
    if as_json:
        click.echo(json.dumps(made.as_dict()))
    else:
        _show(made, problems, chat=chat)
    _warn(made)
    ctx.exit(0 if made.complete else 1)


def _show(made: Generation, problems: str, *, chat: bool) -> None:
    if not made.rows:
        click.echo(f"{printable(str(made.output), 4096)}: not written, as no request was answered")
        return
    speed = f", {made.tokens / made.seconds:,.0f} tokens/s" if made.tokens and made.seconds else ""
    rows = f"{made.rows:,} of {counted(made.total, 'sample')}"
    click.echo(
        f"{printable(str(made.output), 4096)}: {rows}, {made.made:,} of them new "
        f"({made.seconds:,.1f} s{speed})"
    )
    command = ["passlaw", "evaluate", str(made.output), "--problems", problems]
    command += ["--sanitize"] if chat else []
    click.echo(f"score them: {printable(shlex.join(command), 4096)}")


def _warn(made: Generation) -> None:
    if made.cut:
        click.echo(
            f"passlaw: {made.cut:,} of {made.rows:,} answers were cut off by the limit on tokens and will "
            "mostly be scored as wrong; a larger --max-tokens, with another --output, leaves room for them",
            err=True,
        )
    for line in made.failures[:3]:
        click.echo(f"passlaw: failed: {printable(line, 500)}", err=True)
    if not made.complete:
        why = f"{printable(made.stopped, 500)}; " if made.stopped else ""
        missing = counted(made.total - made.rows, "sample")
        again = "repeat the command to ask again"
        if not made.rows:
            again = f"check that the endpoint is running and that --base-url is right, then {again}"
        click.echo(f"passlaw: {why}{missing} missing; {again}", err=True)


def _stops(given: tuple[str, ...]) -> tuple[str, ...] | None:
    if not given:
        return None
    return tuple(text.replace(r"\n", "\n").replace(r"\t", "\t") for text in given if text)


def _read(template: Path | None) -> str | None:
    if template is None:
        return None
    try:
        return template.read_text(encoding="utf-8")
    except OSError as error:
        raise UsageFailure(f"{template}: cannot be read ({error.strerror}); give a text file") from None
    except UnicodeDecodeError:
        raise UsageFailure(f"{template}: not UTF-8; give a text file") from None


def _object(text: str | None) -> Mapping[str, object]:
    if text is None:
        return {}
    try:
        found = json.loads(text)
    except ValueError as error:
        raise UsageFailure(
            f"--extra is not JSON ({error}); write an object such as '{{\"top_k\": 40}}'"
        ) from None
    if not isinstance(found, dict):
        raise UsageFailure("--extra must be a JSON object, such as '{\"top_k\": 40}'")
    return found
