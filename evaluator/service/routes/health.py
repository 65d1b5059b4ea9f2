"""`/healthz` and `/metrics`: for whoever keeps the service running."""

from typing import Literal

from anyio import to_thread
from fastapi import APIRouter, Response
from pydantic import BaseModel, Field
from sqlalchemy import text

from evaluator.service.auth import Reader
from evaluator.service.context import Service, ServiceDep
from evaluator.service.error_responses import HTTPProblemError

__all__ = ["router"]

router = APIRouter(tags=["operation"])


class Health(BaseModel):
    """That the service can do its work."""

    status: Literal["ok"]
    runners: int = Field(description="processes that work on runs and are alive")


@router.get("/healthz")
async def healthz(service: ServiceDep) -> Health:
    """Return whether the service is up and reaches its store; needs no key."""
    if service.stopping:
        raise HTTPProblemError(503, "the service is stopping")
    return await to_thread.run_sync(_look, service, limiter=service.health_threads)


@router.get(
    "/metrics", response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)  # fmt: skip
def metrics(service: ServiceDep, _caller: Reader) -> Response:
    """Return figures in the text format of Prometheus."""
    return Response(service.metrics.text(), media_type="text/plain; version=0.0.4; charset=utf-8")


def _look(service: Service) -> Health:
    with service.store.read() as db:
        db.execute(text("SELECT 1"))
    return Health(status="ok", runners=service.runners.alive)
