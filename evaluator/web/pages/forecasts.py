"""The pages of forecasts: the list, one with its figures, the form that makes one, and the registry."""

import json
from collections import OrderedDict
from dataclasses import dataclass
from typing import Annotated, Any, Final

from anyio import to_thread
from fastapi import APIRouter, Path, Query, Request, Response

from evaluator.service.auth import Reader
from evaluator.service.context import Service, ServiceDep
from evaluator.service.error_responses import HTTPProblemError
from evaluator.service.lookup import read_forecast
from evaluator.store import RunState, StoreLog
from evaluator.store.forecasts import list_forecasts
from evaluator.store.model_cards import all_cards
from evaluator.store.runs import list_runs
from evaluator.web.charts import figures_of
from evaluator.web.rendering import PageRoute, page
from predictor import LOSS_METHODS, METHOD_NAMES, Entry, Registry

__all__ = ["router"]

router = APIRouter(route_class=PageRoute)

Sha = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")]
Figures = list[dict[str, Any]]
_PAGE: Final = 50
_FIGURE_S: Final = 60.0
_KEPT: Final = 64
_DRAWN: Final[OrderedDict[str, Figures]] = OrderedDict()  # by the forecast's hash, so never out of date


@router.get("/forecasts")
def show_forecasts(
    request: Request, service: ServiceDep, _caller: Reader,
    offset: Annotated[int, Query(ge=0, le=1_000_000_000)] = 0,
) -> Response:  # fmt: skip
    """List the forecasts, newest first."""
    with service.store.read() as db:
        rows, total = list_forecasts(db, limit=_PAGE, offset=offset)
    told = _Registered.read(service)
    return page(request, "forecasts.html", rows=rows, total=total, offset=offset, size=_PAGE, registered=told)


@router.get("/forecasts/new")
def show_form(request: Request, service: ServiceDep, _caller: Reader) -> Response:
    """The form that makes a forecast from finished runs."""
    with service.store.read() as db:
        runs, _total = list_runs(db, state=RunState.DONE, limit=200)
        cards = all_cards(db)
    usable = [run for run in runs if run.model and cards[run.model].flops]
    usable.sort(key=lambda run: cards[run.model or ""].flops or 0.0)
    return page(
        request, "forecast_new.html", runs=usable, cards=cards,
        methods=METHOD_NAMES, loss_methods=LOSS_METHODS,
    )  # fmt: skip


@router.get("/forecasts/{sha256}")
def show_forecast(request: Request, sha256: Sha, service: ServiceDep, _caller: Reader) -> Response:
    """Show a forecast: its figures load after the page, for they take a moment."""
    found = read_forecast(service, sha256)
    told = _Registered.read(service)
    buckets = [bucket["name"] for bucket in found.answer.get("buckets", ())]
    return page(
        request, "forecast.html", found=found, answer=found.answer, buckets=buckets, bucket=0,
        entry=told.forecasts.get(sha256), outcome=told.outcomes.get(sha256),
    )  # fmt: skip


@router.get("/forecasts/{sha256}/figure")
async def show_figure(
    request: Request, sha256: Sha, service: ServiceDep, _caller: Reader,
    bucket: Annotated[int, Query(ge=0, le=100)] = 0,
) -> Response:  # fmt: skip
    """A figure and the table of what it shows: number 0 is over every problem, the buckets follow."""
    found = await to_thread.run_sync(read_forecast, service, sha256)
    if sha256 not in _DRAWN:
        _DRAWN[sha256] = await service.process_pool.run(
            _FIGURE_S, figures_of, dict(found.answer), list(found.table)
        )
        while len(_DRAWN) > _KEPT:
            _DRAWN.popitem(last=False)
    figures = _DRAWN[sha256]
    if bucket >= len(figures):
        raise HTTPProblemError(404, "This forecast has no such bucket.")
    figure = figures[bucket]
    if bucket == 0 and figure["outcome"] is None:
        told = await to_thread.run_sync(_Registered.read, service)
        figure = figure | {"outcome": _outcome(told.outcomes.get(sha256))}
    return page(
        request, "figure.html", figure=figure, data=json.dumps(figure), found=found, bucket=bucket,
        buckets=[each["name"] for each in found.answer.get("buckets", ())],
    )  # fmt: skip


@router.get("/registry")
def show_registry(request: Request, service: ServiceDep, _caller: Reader) -> Response:
    """What was predicted, when, and how it came out; the chain is verified each time."""
    told = _Registered.read(service)
    return page(request, "registry.html", registered=told)


def _outcome(entry: Entry | None) -> float | None:
    if entry is None:
        return None
    values: Any = entry.body["outcome"]
    metrics = ("neg_mean_log_pass_measured", "neg_mean_log_pass", "loss")
    found = next((values[metric] for metric in metrics if metric in values), None)
    return None if found is None else float(found)


@dataclass(frozen=True, slots=True)
class _Registered:
    """The registry: entries by their forecast's hash, or what is wrong with its chain."""

    entries: tuple[Entry, ...]
    problems: tuple[str, ...]
    forecasts: dict[str, Entry]
    outcomes: dict[str, Entry]

    @classmethod
    def read(cls, service: Service) -> "_Registered":
        registry = Registry(StoreLog(service.store))
        broken = tuple(f"entry {each.number}: {each.message}" for each in registry.verify())
        entries = () if broken else tuple(registry.entries())
        by_kind: dict[str, dict[str, Entry]] = {"forecast": {}, "outcome": {}}
        for entry in entries:
            by_kind[entry.kind][str(entry.body["record_sha256"])] = entry
        return cls(entries, broken, by_kind["forecast"], by_kind["outcome"])
