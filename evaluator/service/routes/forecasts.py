"""`/v1/forecasts` and `/v1/registry`: make, look at, register, resolve and verify predictions."""

import contextlib
import math
from collections.abc import Mapping
from typing import Annotated, Any

from anyio import to_thread
from fastapi import APIRouter, BackgroundTasks, Path, Query
from sqlalchemy import Connection

from evaluator.model_card import parse_quantity
from evaluator.service.auth import Forecaster, Reader
from evaluator.service.context import Service, ServiceDep
from evaluator.service.error_responses import HTTPProblemError
from evaluator.service.forecast_job import FieldError, Made, Question, answer, measure
from evaluator.service.lookup import read_forecast
from evaluator.service.schemas import Page, moment
from evaluator.service.schemas_forecasts import (
    ForecastDetails,
    ForecastInput,
    ForecastSummary,
    OutcomeInput,
    RegistryEntry,
    Verification,
)
from evaluator.store import RunState, StoredForecast, StoreLog
from evaluator.store.forecasts import list_forecasts, save_figures, save_forecast
from evaluator.store.model_cards import all_cards, get_card
from evaluator.store.pass_counts import count_rows
from evaluator.store.problem_sets import task_ids
from evaluator.store.runs import list_runs
from predictor import Compute, Entry, PredictorError, Registry
from predictor.forecasts.canonical import record_of
from predictor.registry.outcomes import known_outcome

__all__ = ["router"]

router = APIRouter(tags=["forecasts"])

Sha = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$", description="SHA-256 of the forecast's record")]


@router.post("/v1/forecasts", status_code=201)
async def make_forecast(
    given: ForecastInput, service: ServiceDep, caller: Forecaster, after: BackgroundTasks
) -> ForecastDetails:
    """Make a forecast and keep it with the table that it was made from. It is not registered yet.

    The figures of its page are drawn after the answer is given, where they take longer than the forecast.
    """
    question = await to_thread.run_sync(_question, service, given)
    try:
        made = await service.forecast_pool.run(service.settings.forecast_s, answer, question)
    except FieldError as wrong:
        raise HTTPProblemError(422, wrong.sentence, field=wrong.field) from None
    found = await to_thread.run_sync(_save, service, caller.id, made)
    if made.figures is None:
        after.add_task(_drawn, service, found.sha256)
    return found


async def _drawn(service: Service, sha256: str) -> None:
    with contextlib.suppress(HTTPProblemError, PredictorError):  # who opens the page is told
        await service.figures.get(sha256)


@router.get("/v1/forecasts")
def get_forecasts(
    service: ServiceDep,
    _caller: Reader,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    offset: Annotated[int, Query(ge=0, le=1_000_000_000)] = 0,
) -> Page[ForecastSummary]:
    """List the forecasts that were made, newest first."""
    with service.store.read() as db:
        rows, total = list_forecasts(db, limit=limit, offset=offset)
    entries = _registry(service).entries()
    return Page(items=[ForecastSummary(**_summary(row, entries)) for row in rows], total=total)


@router.get("/v1/forecasts/{sha256}")
def get_one_forecast(sha256: Sha, service: ServiceDep, _caller: Reader) -> ForecastDetails:
    """Return a forecast."""
    return _details(service, read_forecast(service, sha256))


@router.post("/v1/forecasts/{sha256}/register", status_code=201)
def register_forecast(sha256: Sha, service: ServiceDep, _caller: Forecaster) -> RegistryEntry:
    """Register a forecast before its outcome is known: sealed, timed, and never changed again."""
    found = read_forecast(service, sha256)
    known = _known_outcome(service, found.answer)
    return _entry(_registry(service).register(record_of(found.answer), known))


@router.post("/v1/forecasts/{sha256}/resolve", status_code=201)
def resolve_forecast(
    sha256: Sha, given: OutcomeInput, service: ServiceDep, _caller: Forecaster
) -> RegistryEntry:
    """Attach the outcome to a registered forecast, and score it."""
    registry = _registry(service)
    if given.outcome is not None:
        return _entry(registry.resolve(sha256, given.outcome))
    found = read_forecast(service, sha256)
    with service.store.read() as db:
        rows = count_rows(db, [given.run or ""])
    if not rows:
        raise HTTPProblemError(422, f"run {given.run} does not exist or is not finished; see GET /v1/runs")
    return _entry(registry.resolve(sha256, measure(record_of(found.answer), rows)))


@router.get("/v1/registry")
def get_registry(service: ServiceDep, _caller: Reader) -> Page[RegistryEntry]:
    """List what was registered, oldest first: what was predicted, when, and how it came out."""
    entries = _registry(service).entries()
    return Page(items=[_entry(entry) for entry in entries], total=len(entries))


@router.get("/v1/registry/verify")
def verify_registry(service: ServiceDep, _caller: Reader) -> Verification:
    """Check that nothing registered was changed, removed or moved."""
    registry = _registry(service)
    problems = registry.verify()
    entries = [] if problems else registry.entries()
    return Verification(
        entries=len(registry.log.lines()),
        last_seal=entries[-1].seal if entries else None,
        problems=[f"entry {problem.number}: {problem.message}" for problem in problems],
    )


def _question(service: Service, given: ForecastInput) -> Question:
    target = given.target
    with service.store.read() as db:
        card = get_card(db, target.model) if target.model else None
        rows: list[dict[str, Any]] = list(given.table) if given.table else _rows_of_runs(db, given)
    sizes = {name: _number(getattr(target, name)) for name in ("flops", "params", "tokens")}
    if card:
        sizes = {name: getattr(card, name) if value is None else value for name, value in sizes.items()}
    if not rows and given.table_file is None:
        raise HTTPProblemError(422, "none of these runs is finished; see GET /v1/runs")
    file = given.table_file
    return Question(
        kind=given.kind, rows=rows, file=(file.name, file.text) if file else None, column=given.column,
        target_name=target.model, method=given.method, train_models=given.train_models,
        train_max_flops=_number(given.train_max_flops),
        ks=tuple(given.k or ([1000] if given.kind == "samples" else [1, 10])),
        split_samples=given.split_samples, seed=given.seed, chance=given.chance, ceiling=given.ceiling,
        questions=_number(given.questions), task_loss=given.task_loss, step=_number(target.step),
        until=_number(given.until), step_column=given.step_column, coverage=given.coverage,
        models=given.models, up_to=given.up_to, **sizes,
    )  # fmt: skip


def _rows_of_runs(db: Connection, given: ForecastInput) -> list[dict[str, Any]]:
    """Return the pass counts of finished runs; of a comparison, two runs of one model are told apart."""
    runs = given.runs or []
    if given.kind != "comparison" or not runs:
        return count_rows(db, runs)
    a, b = (count_rows(db, [run]) for run in runs)
    if not a or not b:
        unfinished = runs[0] if not a else runs[1]
        raise HTTPProblemError(422, f"run {unfinished} does not exist or is not finished; see GET /v1/runs")
    if a[0]["model"] == b[0]["model"]:
        a, b = (
            [{**row, "model": f"{row['model']} ({run[-6:]})"} for row in rows]
            for rows, run in zip((a, b), runs, strict=True)
        )
    return a + b


def _number(given: float | str | None) -> float | None:
    return None if given is None else parse_quantity(str(given))


def _save(service: Service, owner: str, made: Made) -> ForecastDetails:
    sha256 = made.answer["record_sha256"]
    with service.store.write() as db:
        save_forecast(service.store, db, owner, made.answer, made.rows)
        if made.figures is not None:
            save_figures(db, sha256, made.figures)
    return _details(service, read_forecast(service, sha256))


def _known_outcome(service: Service, found: Mapping[str, Any]) -> str | None:
    """Return a sentence if a finished run of the target's name or compute is in the store already.

    A run of another model counts only if it is of problems that were forecast.
    """
    if found["kind"] != "capability":
        return None
    name = found["target"]["name"]
    covered = {task for bucket in found["buckets"] for task in bucket["problems"]}
    with service.store.read() as db:
        if name is not None and (runs := list_runs(db, model=name, state=RunState.DONE, limit=1)[0]):
            return f"run {runs[0].id} holds the outcome of {name}"
        for model, card in all_cards(db).items():
            c, n, d = (math.nan if x is None else x for x in (card.flops, card.params, card.tokens))
            its = Compute(c, n, d, derived=card.flops_derived)
            known = known_outcome(found, [model], [its], "the store")
            for run in list_runs(db, model=model, state=RunState.DONE, limit=100)[0] if known else ():
                if covered & set(task_ids(db, run.problem_set)):
                    return f"{known}, in run {run.id}"
    return None


def _registry(service: Service) -> Registry:
    return Registry(StoreLog(service.store))


def _details(service: Service, found: StoredForecast) -> ForecastDetails:
    summary = _summary(found, _registry(service).entries())
    return ForecastDetails(**summary, answer=dict(found.answer))


def _summary(found: Any, entries: list[Entry]) -> dict[str, Any]:  # noqa: ANN401 - stored whole or in part
    about = found.answer if isinstance(found, StoredForecast) else None
    places = {
        entry.kind: entry.number for entry in entries if entry.body.get("record_sha256") == found.sha256
    }
    return {
        "sha256": found.sha256,
        "kind": about["kind"] if about else found.kind,
        "method": about["method"] if about else found.method,
        "target": about["target"]["name"] if about else found.target,
        "target_flops": about["target"]["flops"] if about else found.target_flops,
        "owner": found.owner,
        "created": moment(found.created),
        "registered": places.get("forecast"),
        "outcome": places.get("outcome"),
    }


def _entry(entry: Entry) -> RegistryEntry:
    return RegistryEntry.model_validate(entry.to_json())
