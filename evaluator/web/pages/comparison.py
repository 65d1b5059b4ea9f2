"""Two runs side by side: at k = 1, and at every k."""

import contextlib
from collections import OrderedDict
from typing import Annotated, Any, Final

from anyio import to_thread
from fastapi import APIRouter, Query, Request, Response

from evaluator.metrics import compare
from evaluator.service.auth import Reader
from evaluator.service.context import Service, ServiceDep
from evaluator.service.lookup import run_or_404
from evaluator.store import Run
from evaluator.store.pass_counts import counts_of, counts_of_runs
from evaluator.store.runs import get_runs, list_runs
from evaluator.web.all_k import compare_at_every_k
from evaluator.web.charts import chart
from evaluator.web.labels import run_labels
from evaluator.web.rates import rates_of
from evaluator.web.rendering import PageRoute, page
from predictor import PredictorError

__all__ = ["router"]

router = APIRouter(route_class=PageRoute)

RunId = Annotated[str, Query(pattern=r"^[0-9a-f]{21}$")]
_LIMIT_S: Final = 120.0
_KEPT: Final = 64
_FOUND: Final[OrderedDict[tuple[object, ...], dict[str, Any]]] = OrderedDict()  # by what it was made from


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


@router.get("/compare/all-k")
async def show_every_k(
    request: Request, service: ServiceDep, _caller: Reader, a: RunId, b: RunId,
    up_to: Annotated[str, Query(max_length=20)] = "",
) -> Response:  # fmt: skip
    """The part of a comparison that is over every k; with `up_to`, also beyond the samples."""
    pair = await to_thread.run_sync(_pair, service, a, b)
    found, wrong = None, ""
    largest = int(up_to) if up_to.isdecimal() and 2 <= int(up_to) <= 1_000_000 else None
    if up_to and largest is None:
        wrong = "Give a whole number from 2 to 1,000,000."
    try:
        found = await _every_k(service, pair, largest)
    except PredictorError as refused:
        wrong = str(refused)
        if largest is not None:  # what the samples themselves show does not depend on it
            with contextlib.suppress(PredictorError):
                found = await _every_k(service, pair, None)
    figures = [chart(each) for each in found["figures"]] if found else []
    return page(
        request, "all_k.html", a=a, b=b, up_to=up_to, found=found, wrong=wrong, figures=figures,
    )  # fmt: skip


def _pair(service: Service, a: str, b: str) -> tuple[Run, Run]:
    with service.store.read() as db:
        return run_or_404(db, a), run_or_404(db, b)


async def _every_k(service: Service, pair: tuple[Run, Run], up_to: int | None) -> dict[str, Any]:
    key = (*((run.id, run.done) for run in pair), up_to)
    if key not in _FOUND:
        counts = await to_thread.run_sync(_counts, service, pair)
        names = pair[0].model or pair[0].samples_name, pair[1].model or pair[1].samples_name
        _FOUND[key] = await service.process_pool.run(_LIMIT_S, compare_at_every_k, *counts, names, up_to)
        while len(_FOUND) > _KEPT:
            _FOUND.popitem(last=False)
    return _FOUND[key]


def _counts(service: Service, pair: tuple[Run, Run]) -> list[dict[str, Any]]:
    with service.store.read() as db:
        found = counts_of_runs(db, pair)
    return [found[run.id] for run in pair]
