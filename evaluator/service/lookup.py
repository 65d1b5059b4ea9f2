"""Look up what a path names, for the API and the pages; what is not there is a 404."""

from typing import TypeVar

from sqlalchemy import Connection

from evaluator.service.context import Service
from evaluator.service.error_responses import HTTPProblemError
from evaluator.store import Run
from evaluator.store.forecasts import StoredForecast, get_forecast
from evaluator.store.runs import get_run

__all__ = ["found_or_404", "read_forecast", "read_run", "run_or_404"]

T = TypeVar("T")


def found_or_404(found: T | None, what: str, where: str) -> T:
    """Return what was found.

    Raises:
        HTTPProblemError: it is None: status 404, naming `what` is missing and `where` to see what there is.
    """
    if found is None:
        raise HTTPProblemError(404, f"no {what}; see {where}")
    return found


def run_or_404(db: Connection, run_id: str) -> Run:
    """Return the run with this id; raise `HTTPProblemError` if there is none."""
    return found_or_404(get_run(db, run_id), f"run {run_id}", "the list of runs (GET /v1/runs)")


def read_run(service: Service, run_id: str) -> Run:
    """Return the run with this id, in a transaction of its own; raise `HTTPProblemError` if there is none."""
    with service.store.read() as db:
        return run_or_404(db, run_id)


def read_forecast(service: Service, sha256: str) -> StoredForecast:
    """Return the forecast with this hash; raise `HTTPProblemError` if there is none."""
    with service.store.read() as db:
        found = get_forecast(db, sha256)
    return found_or_404(found, f"forecast {sha256[:12]}", "the list of forecasts (GET /v1/forecasts)")
