"""The map of problems by models, and two runs side by side."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from evaluator.metrics import compare
from evaluator.metrics.pass_at_k import Count
from evaluator.service.auth import Reader
from evaluator.service.context import ServiceDep
from evaluator.service.lookup import run_or_404
from evaluator.store import RunState
from evaluator.store.pass_counts import counts_of, problem_map
from evaluator.store.problem_sets import list_problem_sets
from evaluator.store.runs import get_runs, list_runs
from evaluator.web.labels import run_labels, set_labels, told_apart
from evaluator.web.rates import rates_of
from evaluator.web.rendering import PageRoute, page

__all__ = ["router"]

router = APIRouter(route_class=PageRoute)

RunId = Annotated[str, Query(pattern=r"^[0-9a-f]{21}$")]


@dataclass(frozen=True, slots=True)
class _Cell:
    """A pass rate and the step of the scale, 0 to 10, that shows it."""

    count: Count

    @property
    def rate(self) -> float:
        return self.count.c / self.count.n

    @property
    def step(self) -> int:
        """Only 0 and 1 themselves get the ends of the scale, for never and always are what one looks for."""
        if self.count.c in {0, self.count.n}:
            return 10 * (self.count.c > 0)
        return min(max(round(10 * self.rate), 1), 9)


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
    rows = [
        (row, [_Cell(count) if count and count.n else None for count in row.counts])
        for row in (found.rows if found else ())
    ]
    columns = list(zip(found.runs, found.cards, strict=True)) if found else []
    names = told_apart((card.name for _run, card in columns), 24)
    return page(
        request, "map.html", sets=sets, labels=set_labels(sets), chosen=chosen, columns=columns, names=names,
        rows=rows,
    )  # fmt: skip


@router.get("/compare")
def show_comparison(
    request: Request, service: ServiceDep, _caller: Reader,
    a: Annotated[str, Query(pattern=r"^([0-9a-f]{21})?$")] = "",
    b: Annotated[str, Query(pattern=r"^([0-9a-f]{21})?$")] = "",
    run: Annotated[list[RunId] | None, Query(max_length=200)] = None,
) -> Response:  # fmt: skip
    """Compare two runs, named as `a` and `b` or ticked on the page of models."""
    ticked = run or []
    if len(ticked) == 2:
        a, b = ticked
    with service.store.read() as db:
        runs, _total = list_runs(db, limit=200)
        runs += [each for each in get_runs(db, [a, b]) if each not in runs]
        pair = [run_or_404(db, each) for each in (a, b)] if a and b else None
        found = compare(counts_of(db, a), counts_of(db, b)) if pair else None
        labels = run_labels(runs, rates_of(db, runs))
    return page(
        request, "compare.html", runs=runs, labels=labels, a=a, b=b, pair=pair, found=found,
        ticked=len(ticked),
    )  # fmt: skip
