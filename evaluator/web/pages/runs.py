"""The pages of runs: the list, one run as it goes on, and the form that makes one."""

import time
from dataclasses import dataclass
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from starlette.responses import RedirectResponse

from evaluator.scoring.result import EvaluationResult
from evaluator.service.auth import Reader
from evaluator.service.context import Service, ServiceDep
from evaluator.service.lookup import run_or_404
from evaluator.store import RunState
from evaluator.store.model_cards import all_cards
from evaluator.store.problem_sets import list_problem_sets
from evaluator.store.runs import list_runs
from evaluator.web.labels import set_labels
from evaluator.web.rates import rates_of
from evaluator.web.rendering import PageRoute, page

__all__ = ["router"]

router = APIRouter(route_class=PageRoute)

RunId = Annotated[str, Path(pattern=r"^[0-9a-f]{21}$")]
State = Literal["", "queued", "running", "done", "failed", "cancelled"]
_PAGE: Final = 25


@router.get("/")
def go_to_runs() -> Response:
    """Redirect to the list of runs, which is the front page."""
    return RedirectResponse("/runs", 303)


@router.get("/runs")
def show_runs(
    request: Request, service: ServiceDep, _caller: Reader, model: Annotated[str, Query(max_length=200)] = "",
    q: Annotated[str, Query(max_length=200)] = "", state: State = "",
    offset: Annotated[int, Query(ge=0, le=1_000_000_000)] = 0,
) -> Response:  # fmt: skip
    """List the runs, newest first; asked for by HTMX, the table alone."""
    model, q = model.replace("\0", ""), q.replace("\0", "").strip()
    with service.store.read() as db:
        chosen = RunState(state) if state else None
        runs, total = list_runs(db, model=model or None, state=chosen, search=q, limit=_PAGE, offset=offset)
        rates = rates_of(db, runs)
    part = request.headers.get("hx-target") == "runs"
    return page(
        request, "runs_table.html" if part else "runs.html", runs=runs, rates=rates, total=total,
        offset=offset, size=_PAGE, model=model, q=q, state=state,
        states=[each.value for each in RunState][1:],
        moving=any(not run.state.final for run in runs),
    )  # fmt: skip


@router.get("/runs/new")
def show_upload(request: Request, service: ServiceDep, _caller: Reader) -> Response:
    """Show the form that makes a run."""
    with service.store.read() as db:
        sets, models = list_problem_sets(db), list(all_cards(db))
    preselected = next((each.id for each in reversed(sets) if each.name == "humaneval"), "")
    return page(
        request, "upload.html", sets=sets, labels=set_labels(sets), preselected=preselected, models=models,
        service=service.settings,
    )  # fmt: skip


@router.get("/runs/{run_id}")
def show_run(request: Request, run_id: RunId, service: ServiceDep, _caller: Reader) -> Response:
    """Show a run."""
    return _run_page(request, service, run_id, "run.html")


@router.get("/runs/{run_id}/live")
def show_progress(request: Request, run_id: RunId, service: ServiceDep, _caller: Reader) -> Response:
    """Show the part of a run's page that changes while the run is executed."""
    return _run_page(request, service, run_id, "run_live.html")


@dataclass(frozen=True, slots=True)
class _Bar:
    """A verdict's share of the samples that have one."""

    verdict: str
    count: int
    share: float


def _bars(result: EvaluationResult) -> list[_Bar]:
    total = max(sum(result.verdicts.values()), 1)
    return [_Bar(verdict, count, count / total) for verdict, count in result.verdicts.items()]


@dataclass(frozen=True, slots=True)
class _Problem:
    """A problem's pass rate in a run."""

    task_id: str
    n: int
    c: int

    @property
    def rate(self) -> float:
        return self.c / self.n if self.n else 0.0


def _problems(result: EvaluationResult) -> list[_Problem]:
    return [_Problem(task_id, count.n, count.c) for task_id, count in result.counts.items()]


def _run_page(request: Request, service: Service, run_id: str, template: str) -> Response:
    with service.store.read() as db:
        run = run_or_404(db, run_id)
    result = service.result(run)
    elapsed = run.seconds
    if run.state is RunState.RUNNING and not elapsed:
        elapsed = max(time.time() - (run.started or run.created), 0.0)  # the sandbox is being opened
    return page(
        request, template, run=run, result=result, bars=_bars(result), problems=_problems(result),
        elapsed=elapsed,
    )  # fmt: skip
