"""The map of problems by models: a table of pass rates, each of which opens its samples."""

from collections.abc import Sequence
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query, Request, Response
from markupsafe import Markup

from evaluator.metrics.pass_at_k import Count
from evaluator.service.auth import Reader
from evaluator.service.context import ServiceDep
from evaluator.store import RunState
from evaluator.store.pass_counts import MapRow, problem_map
from evaluator.store.problem_sets import list_problem_sets
from evaluator.store.runs import list_runs
from evaluator.web.labels import set_labels, told_apart
from evaluator.web.rendering import PageRoute, page

__all__ = ["router"]

router = APIRouter(route_class=PageRoute)


@router.get("/map")
def show_map(
    request: Request,
    service: ServiceDep,
    _caller: Reader,
    problems: Annotated[str, Query(max_length=80)] = "",
) -> Response:
    """Show the map of a problem set, by default of the one that was run last."""
    with service.store.read() as db:
        sets = list_problem_sets(db)
        newest, _total = list_runs(db, state=RunState.DONE, limit=1)
        chosen = problems or (newest[0].problem_set if newest else "")
        found = problem_map(db, chosen) if any(each.id == chosen for each in sets) else None
    columns = list(zip(found.runs, found.cards, strict=True)) if found else []
    run_ids = [run.id for run, _card in columns]
    rows = [(row.task_id, _cells(row, run_ids)) for row in (found.rows if found else ())]
    names = told_apart((card.name for _run, card in columns), 24)
    return page(
        request, "map.html", sets=sets, labels=set_labels(sets), chosen=chosen, columns=columns, names=names,
        rows=rows,
    )  # fmt: skip


def _cells(row: MapRow, run_ids: Sequence[str]) -> Markup:
    """Return a row's cells; there may be tens of thousands of them, more than a template renders in time.

    Nothing in them needs escaping: numbers, run ids in hex, and the task id as a part of an address.
    """
    task = quote(row.task_id, safe="")
    return Markup("").join(
        map(Markup, (_cell(*each, task) for each in zip(row.counts, run_ids, strict=True)))
    )


def _cell(count: Count | None, run_id: str, task: str) -> str:
    if not count or not count.n:
        return '<td><span class="rx" title="no sample">·</span></td>'
    return (
        f'<td><a class="r{_step(count)}" href="/runs/{run_id}/samples?task_id={task}" '
        f'title="{count.c} of {count.n}">{100 * count.c / count.n:.0f}</a></td>'
    )


def _step(count: Count) -> int:
    """Step 0 to 10 of the scale; its ends are kept for "never" and "always", what a reader looks for."""
    if count.c in {0, count.n}:
        return 10 * (count.c > 0)
    return min(max(round(10 * count.c / count.n), 1), 9)
