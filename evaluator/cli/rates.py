"""`passlaw rates`: the pass-count table of stored runs."""

import sys
from pathlib import Path

import click

from evaluator.atomic import replace_atomically
from evaluator.cli.options import PATH, STORE
from evaluator.counts import read_runs, write_counts
from evaluator.models import ModelStore

__all__ = ["command"]


@click.command(name="rates", short_help="Write the pass-count table of stored runs.")
@click.argument("runs", type=PATH, nargs=-1, required=True)
@click.option("--output", type=PATH, help="A CSV file.  [default: stdout]")
@STORE
def command(runs: tuple[Path, ...], output: Path | None, store: Path | None) -> None:
    """Write the pass-count table of RUNS, the files that 'passlaw evaluate' wrote.

    Columns: model, family, params, tokens, flops, task_id, n, c. Figures that a run does not know come
    from 'passlaw models'.
    """
    cards = ModelStore(store)
    tables = [run for path in runs for run in read_runs(path, cards)]
    if output is None:
        write_counts(tables, sys.stdout)
        return
    with replace_atomically(output) as file:
        rows = write_counts(tables, file)
    click.echo(f"{rows:,} rows for {len({run.model.name for run in tables}):,} models: {output}", err=True)
