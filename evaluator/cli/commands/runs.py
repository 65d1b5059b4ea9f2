"""`passlaw runs`: what a store has of runs."""

import datetime as dt
import json
from typing import Any, Final, Literal

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from evaluator.cli.evaluation_output import print_report
from evaluator.cli.options import STORE
from evaluator.errors import RunError
from evaluator.files.escaping import printable
from evaluator.model_card import Model
from evaluator.runs.result import stored_result
from evaluator.store import Run, RunState, Store, open_store
from evaluator.store.model_cards import get_card
from evaluator.store.pass_counts import counts_of
from evaluator.store.problem_sets import load_problem_set
from evaluator.store.runs import cancel_run, get_run, list_runs

__all__ = ["command"]

_ALL: Final = 1_000_000
_STATES = [state.value for state in RunState if state is not RunState.UPLOADING]


@click.group(name="runs", short_help="List and show the runs of a store.")
def command() -> None:
    """List, show and cancel the runs of a store, made by 'passlaw evaluate --store' or by a service."""


@command.command(name="list")
@click.option("--model", metavar="NAME", help="Only runs of this model.")
@click.option("--problems", metavar="NAME", help="Only runs on this problem set.")
@click.option("--state", type=click.Choice(_STATES), help="Only runs in this state.")
@click.option(
    "--limit", type=click.IntRange(1), help="Most runs; the newest are taken.  [default: 50; all with --ids]"
)
@click.option("--ids", is_flag=True, help="Print the ids alone, oldest first, for other commands.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON list.")
@STORE
def list_(
    *,
    model: str | None,
    problems: str | None,
    state: str | None,
    limit: int | None,
    ids: bool,
    as_json: bool,
    store: str | None,
) -> None:
    """List the runs, newest first."""
    most = limit or (_ALL if ids else 50)
    opened = open_store(store)
    try:
        with opened.read() as db:
            chosen = RunState(state) if state else None
            runs, total = list_runs(db, model=model, problems=problems, state=chosen, limit=most)
            rates = {run.id: _mean_rate(db, run.id) for run in ([] if ids else runs)}
    finally:
        opened.close()
    if ids:
        click.echo("\n".join(run.id for run in reversed(runs)), nl=bool(runs))
    elif as_json:
        click.echo(json.dumps([_described(run) | {"pass@1": rates[run.id]} for run in runs]))
    elif not runs:
        click.echo(f"No such runs in {printable(opened.display_url, 300)}.")
    else:
        _print(runs, rates)
        if total > len(runs):
            click.echo(f"{total - len(runs):,} more; see --limit")


@command.command()
@click.argument("run")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@STORE
def show(run: str, *, as_json: bool, store: str | None) -> None:
    """Show the run with the id RUN: its state, its settings, and what it has found so far."""
    opened = open_store(store)
    try:
        found = _run_of(opened, run)
        with opened.read() as db:
            problem_set = load_problem_set(db, found.problem_set)
            card = get_card(db, found.model) if found.model else None
        assert problem_set is not None
        result = stored_result(opened, found, problem_set)
    finally:
        opened.close()
    if as_json:
        click.echo(json.dumps(_described(found) | {"result": result.as_dict()}))
        return
    click.echo(
        f"run {found.id}: {found.state.value}, {found.done:,} of {found.samples:,} samples of "
        f"{printable(found.samples_name, 200)} scored, made {_moment(found.created)} UTC"
    )
    if found.error:
        click.echo(f"error: {printable(found.error, 1000)}")
    settings = found.settings
    click.echo(
        f"timeout {settings.timeout_s:g} s, execution {settings.execution}, sanitize {settings.sanitize}, "
        f"seed {found.seed}"
    )
    if result.samples:
        model = card or (Model(found.model) if found.model else None)
        print_report(result, found.problems_name, model)


@command.command()
@click.argument("run")
@STORE
def cancel(run: str, *, store: str | None) -> None:
    """Cancel the unfinished run with the id RUN; the verdicts that it has stay."""
    opened = open_store(store)
    try:
        found = _run_of(opened, run)
        with opened.write() as db:
            if not cancel_run(db, found.id):
                raise RunError(f"run {found.id} is {found.state.value}; only an unfinished run is cancelled")
    finally:
        opened.close()
    click.echo(f"Run {found.id} is cancelled.")


def _run_of(store: Store, run_id: str) -> Run:
    with store.read() as db:
        found = get_run(db, run_id)
    if found is None:
        raise RunError(f"{run_id:.80}: no run of {store.display_url} has this id; see 'passlaw runs list'")
    return found


def _mean_rate(db: Any, run_id: str) -> float | None:  # noqa: ANN401 - a connection, whose package is slow to import
    rates = [count.c / count.n for count in counts_of(db, run_id).values() if count.n]
    return sum(rates) / len(rates) if rates else None


def _described(run: Run) -> dict[str, object]:
    return {
        "id": run.id,
        "state": run.state.value,
        "model": run.model,
        "problems": run.problems_name,
        "problems_sha256": run.problems_sha256,
        "samples_name": run.samples_name,
        "samples": run.samples,
        "done": run.done,
        "created": _moment(run.created),
        "seconds": round(run.seconds, 3),
        "error": run.error,
    }


def _print(runs: list[Run], rates: dict[str, float | None]) -> None:
    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), header_style="dim")
    for title in ("run", "made (UTC)", "state", "model", "problems", "samples", "pass@1"):
        justify: Literal["left", "right"] = "right" if title in {"samples", "pass@1"} else "left"
        # An id is of use only whole.
        table.add_column(title, justify=justify, min_width=len(runs[0].id) if title == "run" else None)
    for run in runs:
        rate = rates[run.id]
        table.add_row(
            run.id,
            _moment(run.created),
            run.state.value,
            Text(printable(run.model or "-", 60)),
            Text(printable(run.problems_name, 40)),
            f"{run.samples:,}" if run.done == run.samples else f"{run.done:,}/{run.samples:,}",
            "-" if rate is None else f"{rate:.2%}",
        )
    Console(highlight=False, soft_wrap=True).print(table)


def _moment(seconds: float) -> str:
    return dt.datetime.fromtimestamp(seconds, dt.UTC).strftime("%Y-%m-%d %H:%M:%S")
