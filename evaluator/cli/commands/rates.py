"""`passlaw rates`: the pass-count table of stored runs."""

import sys
from pathlib import Path

import click

from evaluator.cli.options import PATH, STORE
from evaluator.cli.run_lookup import runs_named
from evaluator.files.atomic_write import replace_atomically
from evaluator.files.wording import counted
from evaluator.scoring.pass_counts import write_counts

__all__ = ["command"]


@click.command(name="rates", short_help="Write the pass-count table of stored runs.")
@click.argument("runs", nargs=-1, required=True)
@click.option("--output", type=PATH, help="Output CSV file.  [default: stdout]")
@STORE
def command(runs: tuple[str, ...], output: Path | None, store: str | None) -> None:
    """Write the pass-count table of RUNS: files that 'passlaw evaluate' wrote, or ids of runs in the store.

    Columns: model, family, params, tokens, flops, task_id, n, c. Figures that a run lacks come from the
    model metadata ('passlaw models').
    """
    tables = runs_named(runs, store)
    if output is None:
        write_counts(tables, sys.stdout)
        return
    with replace_atomically(output) as file:
        rows = write_counts(tables, file)
    click.echo(
        f"{counted(rows, 'row')} for {counted(len({run.model.name for run in tables}), 'model')}: {output}",
        err=True,
    )
