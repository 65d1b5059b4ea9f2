"""The pages of runs: the list, one run as it goes on, its samples, and the form that makes one."""

from dataclasses import dataclass
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from sqlalchemy import Connection
from starlette.responses import RedirectResponse

from evaluator.scoring.run_record import EvaluationResult
from evaluator.service.auth import Reader
from evaluator.service.context import Service, ServiceDep
from evaluator.service.lookup import run_or_404
from evaluator.store import Run, RunState
from evaluator.store.model_cards import all_cards
from evaluator.store.pass_counts import counts_of
from evaluator.store.problem_sets import list_problem_sets, problem_row
from evaluator.store.runs import list_runs
from evaluator.store.samples import Result, read_results
from evaluator.web.rendering import PageRoute, page
from sandbox import Verdict

__all__ = ["router"]

router = APIRouter(route_class=PageRoute)

RunId = Annotated[str, Path(pattern=r"^[0-9a-f]{21}$")]
State = Literal["", "queued", "running", "done", "failed", "cancelled"]
_PAGE: Final = 25
_SHOWN: Final = 10


@router.get("/")
def go_to_runs() -> Response:
    """The runs are the front page."""
    return RedirectResponse("/runs", 303)


@router.get("/runs")
def show_runs(
    request: Request, service: ServiceDep, _caller: Reader, model: Annotated[str, Query(max_length=200)] = "",
    state: State = "", offset: Annotated[int, Query(ge=0, le=1_000_000_000)] = 0,
) -> Response:  # fmt: skip
    """List the runs, newest first; asked for by HTMX, the table alone."""
    with service.store.read() as db:
        chosen = RunState(state) if state else None
        runs, total = list_runs(
            db, model=model.replace("\0", "") or None, state=chosen, limit=_PAGE, offset=offset
        )
        rows = [_row(db, run) for run in runs]
    part = request.headers.get("hx-target") == "runs"
    return page(
        request, "runs_table.html" if part else "runs.html", rows=rows, total=total, offset=offset,
        size=_PAGE, model=model, state=state, states=[each.value for each in RunState][1:],
        moving=any(not run.state.final for run in runs),
    )  # fmt: skip


@router.get("/runs/new")
def show_upload(request: Request, service: ServiceDep, _caller: Reader) -> Response:
    """The form that makes a run."""
    with service.store.read() as db:
        sets, models = list_problem_sets(db), list(all_cards(db))
    return page(request, "upload.html", sets=sets, models=models, service=service.settings)


@router.get("/runs/{run_id}")
def show_run(request: Request, run_id: RunId, service: ServiceDep, _caller: Reader) -> Response:
    """Show a run."""
    run, result = _with_result(service, run_id)
    return page(request, "run.html", run=run, result=result, bars=_bars(result), problems=_problems(result))


@router.get("/runs/{run_id}/live")
def show_progress(request: Request, run_id: RunId, service: ServiceDep, _caller: Reader) -> Response:
    """The part of a run's page that changes while it goes on."""
    run, result = _with_result(service, run_id)
    return page(
        request, "run_live.html", run=run, result=result, bars=_bars(result), problems=_problems(result)
    )


@router.get("/runs/{run_id}/samples")
def show_samples(
    request: Request, run_id: RunId, service: ServiceDep, _caller: Reader,
    task_id: Annotated[str | None, Query(max_length=500)] = None,
    verdict: Verdict | None = None,
    start: Annotated[int, Query(ge=0, le=1_000_000_000)] = 0,
) -> Response:  # fmt: skip
    """Show samples of a run with their code and what came of them; in a sheet, when HTMX asks for one."""
    with service.store.read() as db:
        run = run_or_404(db, run_id)
        wanted = task_id.replace("\0", "") if task_id else None
        results = read_results(db, run_id, start, task_id=wanted, verdict=verdict, limit=_SHOWN + 1)
        problem = problem_row(db, run.problem_set, wanted) if wanted else None
    more = results[_SHOWN].numbered.number if len(results) > _SHOWN else None
    sheet = request.headers.get("hx-target") == "sheet-body"
    return page(
        request, "samples_part.html" if sheet else "samples.html", run=run, task_id=wanted, verdict=verdict,
        verdicts=list(Verdict), results=[_shown(each) for each in results[:_SHOWN]], more=more,
        prompt=str(problem["prompt"]) if problem and "prompt" in problem else None, start=start, sheet=sheet,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Row:
    """A line of the list: a run and its pass@1 so far."""

    run: Run
    rate: float | None


def _row(db: Connection, run: Run) -> _Row:
    rates = [count.c / count.n for count in counts_of(db, run.id).values() if count.n]
    return _Row(run, sum(rates) / len(rates) if rates else None)


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


def _with_result(service: Service, run_id: str) -> tuple[Run, EvaluationResult]:
    with service.store.read() as db:
        run = run_or_404(db, run_id)
    return run, service.result(run)


@dataclass(frozen=True, slots=True)
class _Shown:
    """A sample as a page shows it."""

    number: int
    completion_id: int
    task_id: str
    text: str
    verdict: str | None
    passed: bool
    detail: str
    message: str
    flags: tuple[str, ...]
    cpu_s: float
    reused: bool


def _shown(each: Result) -> _Shown:
    sample = each.numbered.sample
    outcome = each.scored.outcome if each.scored else None
    return _Shown(
        each.numbered.number, each.numbered.completion_id, sample.task_id, sample.text,
        outcome.verdict.value if outcome else None, bool(outcome and outcome.verdict.passed),
        outcome.detail if outcome else "", outcome.message if outcome else "",
        outcome.flags if outcome else (), outcome.cpu_s if outcome else 0.0,
        bool(each.scored and each.scored.reused),
    )  # fmt: skip
