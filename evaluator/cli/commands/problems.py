"""`passlaw problems`: which problems tell models apart, and which are suspect."""

from collections import Counter
from fnmatch import fnmatchcase

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from evaluator.cli.comparison_output import sample_counts
from evaluator.cli.errors import UsageFailure
from evaluator.cli.forecast_output import emit
from evaluator.cli.options import STORE
from evaluator.cli.prediction_command import PredictionCommand
from evaluator.cli.run_lookup import runs_named
from evaluator.files.escaping import printable
from evaluator.files.wording import counted
from predictor.comparison.problem_quality import ProblemQualities, ProblemQuality, Verdict, problem_quality

__all__ = ["command"]


@click.command(
    name="problems",
    cls=PredictionCommand,
    short_help="Show which problems tell models apart, and which do not.",
)
@click.argument("runs", nargs=-1, required=True)
@click.option(
    "--family",
    "families",
    multiple=True,
    metavar="PATTERN",
    help="Models whose names match, such as 'qwen*', are of one family; give one for each family.",
)
@click.option("--all", "everything", is_flag=True, help="List every problem, the least informative first.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@STORE
def command(
    runs: tuple[str, ...], *, families: tuple[str, ...], everything: bool, as_json: bool, store: str | None
) -> None:
    """Show which problems tell better models from worse ones, from RUNS of at least five models.

    RUNS are results files, records, pass-count tables of one or several models, or ids of runs in the store.
    The lists are: problems on which better models do worse (check their tests first), problems that hardly
    tell models apart, problems that no model solves, and problems that every model solves.
    """
    tables = runs_named(runs, store)
    names = [run.model.name for run in tables]
    for pattern in families:
        if not any(fnmatchcase(name, pattern) for name in names):
            raise UsageFailure(f"--family {pattern!r} matches no model; the models are {', '.join(names)}")
    found = problem_quality(
        [sample_counts(run.model.name, run.counts) for run in tables],
        [_family(name, families) for name in names] if families else None,
    )
    if as_json:
        emit(found.to_json())
    else:
        _show(found, everything=everything)


def _family(name: str, patterns: tuple[str, ...]) -> str:
    """The first pattern that a model's name matches; else the name, for a family of its own."""
    return next((f"--family {pattern}" for pattern in patterns if fnmatchcase(name, pattern)), name)


def _show(found: ProblemQualities, *, everything: bool) -> None:
    counts = Counter(each.verdict for each in found.problems)
    kin = f" of {found.families:,} families" if found.families < len(found.models) else ""
    click.echo(f"{counted(len(found.problems), 'problem')}, {counted(len(found.models), 'model')}{kin}")
    for verdict in Verdict:
        click.echo(f"  {verdict.value}: {counts[verdict]:,}")
    click.echo(
        f"slope: logits for one standard deviation of skill; typical {found.typical:.2f}, spread "
        f"{found.spread:.2f}; irregularity {found.irregularity:.2f} logits"
        + (f"; design effect of families {found.design_effect:.2f}" if kin else "")
    )
    order = {Verdict.SUSPECT: 0, Verdict.WEAK: 1, Verdict.TELLS: 2, Verdict.NOBODY: 3, Verdict.EVERYBODY: 4}
    listed = [each for each in found.problems if everything or each.verdict is not Verdict.TELLS]
    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), header_style="dim")
    for title in ("problem", "", "pass rate", "item-rest r", "slope", "95% interval", "below zero"):
        table.add_column(title, justify="left" if title in {"problem", ""} else "right", no_wrap=True)
    for each in sorted(listed, key=lambda each: (order[each.verdict], -each.chance_negative)):
        table.add_row(Text(printable(each.task_id, 60)), each.verdict.value, *_numbers(each))
    if listed:
        Console(highlight=False, soft_wrap=True, width=160).print(table)


def _numbers(each: ProblemQuality) -> list[str]:
    correlation = "-" if each.item_rest is None else f"{each.item_rest:+.2f}"
    if each.verdict in {Verdict.NOBODY, Verdict.EVERYBODY}:
        return [f"{each.rate:.1%}", correlation, "-", "-", "-"]
    span = f"{each.low:+.2f} to {each.high:+.2f}"
    return [f"{each.rate:.1%}", correlation, f"{each.slope:+.2f}", span, f"{each.chance_negative:.0%}"]
