"""The application: routes, what surrounds them, and what starts and stops with them."""

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import structlog
from anyio import to_thread
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from evaluator.problems import read_problem_rows
from evaluator.service.context import HEALTH_THREADS, Service
from evaluator.service.error_responses import PROBLEM_RESPONSES, ProblemDetails, add_handlers
from evaluator.service.metrics import Metrics
from evaluator.service.middleware import AccessLog, BodyLimits, OriginCheck
from evaluator.service.process_pool import ProcessPool
from evaluator.service.routes import forecasts, health, models, problem_sets, rewards, run_code, runs
from evaluator.service.runner_supervisor import RunnerSupervisor
from evaluator.service.schemas_runs import RunRows
from evaluator.service.settings import ServiceSettings
from evaluator.store import open_store
from evaluator.store.job_queue import sweep_uploads
from evaluator.store.problem_sets import keep_problem_set
from sandbox import SandboxError, Scripts, open_scripts

__all__ = ["build_app"]

_THREADS = 32
_LOG = structlog.get_logger("passlaw.service")


def build_app(settings: ServiceSettings | None = None) -> FastAPI:
    """Return the service's ASGI application; its store is opened, and its runners started, with it."""
    from evaluator.web import add_error_pages, add_pages  # noqa: PLC0415 - they import parts of this package

    settings = settings or ServiceSettings()
    app = FastAPI(
        title="passlaw",
        version="1",
        description="Scores model-written code so that it cannot cheat, and forecasts the next model.",
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan,
        responses=PROBLEM_RESPONSES,
    )
    app.state.settings = settings
    app.state.metrics = Metrics()
    for module in (runs, models, problem_sets, forecasts, rewards, run_code, health):
        app.include_router(module.router)
    add_pages(app)
    add_handlers(app)
    add_error_pages(app)
    for middleware in (BodyLimits, OriginCheck):  # the last one added is the first to see a request
        app.add_middleware(middleware, settings=settings)
    app.add_middleware(AccessLog, metrics=app.state.metrics)
    app.openapi = lambda: _openapi(app)  # type: ignore[method-assign]
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    settings: ServiceSettings = app.state.settings
    to_thread.current_default_thread_limiter().total_tokens = _THREADS
    connections = _THREADS + HEALTH_THREADS
    store = await to_thread.run_sync(lambda: open_store(settings.store, pool_size=connections))
    with tempfile.TemporaryDirectory(prefix="passlaw-", dir=settings.spool or None) as spool:
        runners = RunnerSupervisor(settings)
        scripts = await to_thread.run_sync(_scripts, settings)
        service = Service(
            settings, store, ProcessPool(), ProcessPool(1), Path(spool), runners, app.state.metrics, scripts
        )
        app.state.service = service
        app.state.metrics.watch(store)
        await to_thread.run_sync(_prepare, service)
        runners.start()
        try:
            yield
        finally:
            service.stopping = True
            await to_thread.run_sync(runners.stop)
            await to_thread.run_sync(service.close)
            service.process_pool.close()
            service.forecast_pool.close()
            if scripts:
                await to_thread.run_sync(scripts.close)
            store.close()


def _scripts(settings: ServiceSettings) -> Scripts | None:
    """What runs the programs of /run_code, if this machine can."""
    if not settings.code_workers:
        return None
    try:
        return open_scripts(settings.code_workers)
    except SandboxError as error:
        _LOG.warning("no /run_code", error=str(error))
        return None


def _prepare(service: Service) -> None:
    """Tidy up after a service that was killed, and have HumanEval at hand."""
    with service.store.write() as db:
        sweep_uploads(db)
        keep_problem_set(service.store, db, read_problem_rows("humaneval"))


def _openapi(app: FastAPI) -> dict[str, Any]:
    """The document, with the shape of errors and of the bodies that are read by hand."""
    if app.openapi_schema is None:
        schema = get_openapi(
            title=app.title, version=app.version, description=app.description, routes=app.routes
        )
        shapes = schema["components"]["schemas"]
        for model in (ProblemDetails, RunRows):
            found = model.model_json_schema(ref_template="#/components/schemas/{model}")
            shapes.update(found.pop("$defs", {}))
            shapes[model.__name__] = found
        for name in ("HTTPValidationError", "ValidationError"):  # never sent: see problem_details
            shapes.pop(name, None)
        app.openapi_schema = schema
    return app.openapi_schema
