"""The pages of forecasts: the list, one with its figures, and the registry."""

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

from anyio import to_thread
from fastapi import APIRouter, Path, Query, Request, Response
from sqlalchemy import Connection

from evaluator.service.auth import Reader
from evaluator.service.context import ServiceDep
from evaluator.service.error_responses import HTTPProblemError
from evaluator.service.forecast_figures import Figure, bare_figures
from evaluator.store import Run, RunState, StoredForecast
from evaluator.store.forecasts import list_forecasts
from evaluator.store.pass_counts import counts_of
from evaluator.store.runs import list_runs
from evaluator.web.charts import chart
from evaluator.web.forecast_facts import TITLES, facts_of
from evaluator.web.headlines import Headline, headline_of, observed_in_table, stored_headline
from evaluator.web.registered import Registered, find_forecast, record_of_entry
from evaluator.web.rendering import PageRoute, page
from predictor.registry.revisions import other_revision, revision_of

__all__ = ["router"]

router = APIRouter(route_class=PageRoute)

Sha = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")]
_PAGE: Final = 50


@router.get("/forecasts")
def show_forecasts(
    request: Request, service: ServiceDep, _caller: Reader,
    offset: Annotated[int, Query(ge=0, le=1_000_000_000)] = 0,
) -> Response:  # fmt: skip
    """List the forecasts, newest first."""
    told = Registered.read(service)
    with service.store.read() as db:
        rows, total = list_forecasts(db, limit=_PAGE, offset=offset)
        heads = {row.sha256: stored_headline(db, row.sha256, told.observed(row.sha256)) for row in rows}
    return page(
        request, "forecasts.html", rows=rows, total=total, offset=offset, size=_PAGE, registered=told,
        heads=heads,
    )  # fmt: skip


@router.get("/forecasts/{sha256}")
def show_forecast(request: Request, sha256: Sha, service: ServiceDep, _caller: Reader) -> Response:
    """Show a forecast: its figures load after the page, for some are still being drawn."""
    told = Registered.read(service)
    found = find_forecast(service, sha256, told)
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
        entry=entry, outcome=outcome, fitting=fitting, facts=facts_of(found.answer),
        revision=revision_of(found.answer), other=other_revision(found.answer),
    )  # fmt: skip


@router.get("/forecasts/{sha256}/figure")
async def show_figure(
    request: Request, sha256: Sha, service: ServiceDep, _caller: Reader,
    bucket: Annotated[int, Query(ge=0, le=100)] = 0, axis: Literal["rate", "nats"] = "rate",
) -> Response:  # fmt: skip
    """A figure and the table of what it shows: number 0 is over every covered problem, the buckets follow."""
    told = await to_thread.run_sync(Registered.read, service)
    found = await to_thread.run_sync(find_forecast, service, sha256, told)
    figures = await service.figures.get(sha256) or bare_figures(found.answer)
    if bucket >= len(figures):
        raise HTTPProblemError(404, "This forecast has no such bucket.")
    pair = figures[bucket]
    shown = axis if axis in pair else next(iter(pair))
    figure = _with_outcomes(pair[shown], told.observed(sha256)) if bucket == 0 else pair[shown]
    return page(
        request, "forecast_figure.html", **chart(figure), found=found, bucket=bucket,
        axis=shown, axes=list(pair), names=[each[shown]["title"] for each in figures],
    )  # fmt: skip


@router.get("/registry")
def show_registry(request: Request, service: ServiceDep, _caller: Reader) -> Response:
    """Show registered forecasts and their outcomes; the chain is verified each time."""
    told = Registered.read(service)
    heads = {
        sha256: headline_of(record_of_entry(entry), told.observed(sha256))
        for sha256, entry in told.forecasts.items()
    }
    return page(request, "registry.html", registered=told, heads=heads, titles=TITLES)


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


def _with_outcomes(figure: Figure, observed: Mapping[str, Any]) -> Figure:
    """Return a figure with what the registry tells of its forecasts, where their table did not."""

    def outcome(each: Mapping[str, Any]) -> float | None:
        found = next((observed[metric] for metric in each["metrics"] if metric in observed), None)
        return each["outcome"] if found is None else float(found)

    return figure | {"forecasts": [{**each, "outcome": outcome(each)} for each in figure["forecasts"]]}
