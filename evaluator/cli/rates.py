"""`passlaw rates`: the pass-count table of stored runs."""

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from evaluator.atomic import replace_atomically
from evaluator.cli.options import PATH, STORE
from evaluator.counts import Run, read_runs, write_counts
from evaluator.errors import RunError
from evaluator.store import Store, open_store
from evaluator.store.cards import all_cards
from evaluator.store.tables import counted_run

__all__ = ["command"]


@click.command(name="rates", short_help="Write the pass-count table of stored runs.")
@click.argument("runs", nargs=-1, required=True)
@click.option("--output", type=PATH, help="A CSV file.  [default: stdout]")
@STORE
def command(runs: tuple[str, ...], output: Path | None, store: str | None) -> None:
    """Write the pass-count table of RUNS: files that 'passlaw evaluate' wrote, or ids of runs in the store.

    Columns: model, family, params, tokens, flops, task_id, n, c. Figures that a run does not know come
    from 'passlaw models'.
    """
    opened = open_store(store)
    try:
        tables = list(_read(runs, opened))
    finally:
        opened.close()
    if output is None:
        write_counts(tables, sys.stdout)
        return
    with replace_atomically(output) as file:
        rows = write_counts(tables, file)
    click.echo(f"{rows:,} rows for {len({run.model.name for run in tables}):,} models: {output}", err=True)


def _read(runs: tuple[str, ...], store: Store) -> Iterator[Run]:
    with store.read() as db:
        cards = all_cards(db)
        for name in runs:
            stored = None if Path(name).exists() else counted_run(db, name)
            if stored is None and not Path(name).exists():
                raise RunError(f"{name:.200}: neither a file nor the id of a run in {store.shown}")
            yield from [stored] if stored else read_runs(Path(name), cards)
