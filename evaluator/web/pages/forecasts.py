"""The pages of forecasts: the list, one with its figures, the form that makes one, and the registry."""

import json
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal

from anyio import to_thread
from fastapi import APIRouter, Path, Query, Request, Response
from sqlalchemy import Connection

from evaluator.service.auth import Reader
from evaluator.service.context import Service, ServiceDep
from evaluator.service.error_responses import HTTPProblemError
from evaluator.service.lookup import read_forecast
from evaluator.store import Run, RunState, StoredForecast, StoreLog
from evaluator.store.forecasts import list_forecasts
from evaluator.store.model_cards import all_cards
from evaluator.store.pass_counts import counts_of
from evaluator.store.runs import list_runs
from evaluator.web.charts import Figure, figures_of
from evaluator.web.headlines import Headline, headline_of, observed_in_table, stored_headline
from evaluator.web.rates import rates_of
from evaluator.web.rendering import PageRoute, page
from predictor import LOSS_METHODS, METHOD_NAMES, Entry, Registry
from predictor.registry.revisions import other_revision, revision_of

__all__ = ["router"]

router = APIRouter(route_class=PageRoute)

Sha = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")]
RunId = Annotated[str, Query(pattern=r"^[0-9a-f]{21}$")]
_PAGE: Final = 50
_FIGURE_S: Final = 180.0  # seconds, on a machine that is busy
_KEPT: Final = 64
_DRAWN: Final[OrderedDict[str, list[dict[str, Figure]]]] = OrderedDict()  # by hash, so never out of date


@router.get("/forecasts")
def show_forecasts(
    request: Request, service: ServiceDep, _caller: Reader,
    offset: Annotated[int, Query(ge=0, le=1_000_000_000)] = 0,
) -> Response:  # fmt: skip
    """List the forecasts, newest first."""
    told = _Registered.read(service)
    with service.store.read() as db:
        rows, total = list_forecasts(db, limit=_PAGE, offset=offset)
        heads = {row.sha256: stored_headline(db, row.sha256, told.observed(row.sha256)) for row in rows}
    return page(
        request, "forecasts.html", rows=rows, total=total, offset=offset, size=_PAGE, registered=told,
        heads=heads,
    )  # fmt: skip


@router.get("/forecasts/new")
def show_form(
    request: Request, service: ServiceDep, _caller: Reader,
    run: Annotated[list[RunId] | None, Query(max_length=200)] = None,
) -> Response:  # fmt: skip
    """The form that makes a forecast from finished runs, some of which may be ticked already."""
    with service.store.read() as db:
        runs, _total = list_runs(db, state=RunState.DONE, limit=200)
        cards = all_cards(db)
        usable = [each for each in runs if each.model and cards[each.model].flops]
        usable.sort(key=lambda each: cards[each.model or ""].flops or 0.0)
        rates = rates_of(db, usable)
    return page(
        request, "forecast_new.html", runs=usable, cards=cards, rates=rates, ticked=set(run or ()),
        methods=METHOD_NAMES, loss_methods=LOSS_METHODS,
    )  # fmt: skip


@router.get("/forecasts/{sha256}")
def show_forecast(request: Request, sha256: Sha, service: ServiceDep, _caller: Reader) -> Response:
    """Show a forecast: its figures load after the page, for they take a moment."""
    found = read_forecast(service, sha256)
    told = _Registered.read(service)
    entry, outcome = told.forecasts.get(sha256), told.outcomes.get(sha256)
    in_table = observed_in_table(found)
    head = headline_of(found.answer, told.observed(sha256) or in_table)
    fitting: list[tuple[Run, float]] = []
    if entry and not outcome and found.answer["kind"] == "capability":
        with service.store.read() as db:
            fitting = _fitting_runs(db, found)
    return page(
        request, "forecast.html", found=found, answer=found.answer, head=head, in_table=bool(in_table),
        means=_means(found.answer, told.observed(sha256) or in_table), covered=_covered(found),
        entry=entry, outcome=outcome, fitting=fitting,
        revision=revision_of(found.answer), other=other_revision(found.answer),
    )  # fmt: skip


@router.get("/forecasts/{sha256}/figure")
async def show_figure(
    request: Request, sha256: Sha, service: ServiceDep, _caller: Reader,
    bucket: Annotated[int, Query(ge=0, le=100)] = 0, axis: Literal["rate", "nats"] = "rate",
) -> Response:  # fmt: skip
    """A figure and the table of what it shows: number 0 is over every covered problem, the buckets follow."""
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
    pair = figures[bucket]
    shown = axis if axis in pair else "nats"
    figure = pair[shown]
    if bucket == 0 and figure["outcome"] is None:
        told = await to_thread.run_sync(_Registered.read, service)
        figure = figure | {"outcome": _shown_outcome(figure, told.observed(sha256))}
    return page(
        request, "figure.html", figure=figure, data=json.dumps(figure), found=found, bucket=bucket,
        axis=shown, axes=list(pair), names=[each[shown]["title"] for each in figures],
    )  # fmt: skip


@router.get("/registry")
def show_registry(request: Request, service: ServiceDep, _caller: Reader) -> Response:
    """What was predicted, when, and how it came out; the chain is verified each time."""
    told = _Registered.read(service)
    heads = {
        sha256: headline_of(_record(entry), told.observed(sha256)) for sha256, entry in told.forecasts.items()
    }
    return page(request, "registry.html", registered=told, heads=heads)


def _record(entry: Entry) -> Mapping[str, Any]:
    record: Any = entry.body["record"]
    return dict(record)


def _covered(found: StoredForecast) -> tuple[int, int]:
    """How many problems the method covers, and how many the table has."""
    covered = sum(len(bucket["problems"]) for bucket in found.answer.get("buckets", ()))
    return covered, covered + len(found.answer.get("excluded", ()))


def _means(answer: Mapping[str, Any], observed: Mapping[str, Any]) -> list[Headline]:
    """The geometric mean pass rate as its own headline, where the first one is pass@1."""
    overall = answer.get("overall", {})
    if "pass@1" not in overall:
        return []
    others = {name: value for name, value in overall.items() if name.startswith("geometric")}
    return [headline_of({**answer, "overall": others}, observed)] if others else []


def _fitting_runs(db: Connection, found: StoredForecast) -> list[tuple[Run, float]]:
    """Finished runs of the target that sample every problem of the forecast, with their pass@1 over these."""
    name = found.answer["target"]["name"]
    wanted = {task for bucket in found.answer["buckets"] for task in bucket["problems"]}
    runs, _total = list_runs(db, model=name, state=RunState.DONE, limit=20) if name else ([], 0)
    fitting = []
    for run in runs:
        counts = {task: count for task, count in counts_of(db, run.id).items() if task in wanted and count.n}
        if len(counts) == len(wanted):
            fitting.append((run, sum(count.c / count.n for count in counts.values()) / len(counts)))
    return fitting


def _shown_outcome(figure: Figure, observed: Mapping[str, Any]) -> float | None:
    """The outcome on a figure's axis."""
    if figure["quantity"] == "pass@1":
        metrics: tuple[str, ...] = ("pass@1",)
    elif figure["rate"]:
        metrics = ("geometric_mean_pass_measured", "geometric_mean_pass")
    else:
        metrics = ("neg_mean_log_pass_measured", "neg_mean_log_pass", "loss")
    found = next((observed[metric] for metric in metrics if metric in observed), None)
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

    def observed(self, sha256: str) -> Mapping[str, Any]:
        """What came of a forecast, by metric; empty while that is open."""
        entry = self.outcomes.get(sha256)
        values: Any = entry.body["outcome"] if entry else {}
        return dict(values)
