"""Add the pages and their static files to the service."""

from pathlib import Path
from typing import Any, Final

from fastapi import FastAPI, Response
from starlette.staticfiles import StaticFiles

from evaluator.web.pages import (
    comparison,
    forecast_forms,
    forecasts,
    login,
    models,
    problem_map,
    runs,
    samples,
)

__all__ = ["add_pages"]

_STATIC: Final = Path(__file__).with_name("static")


class _Files(StaticFiles):
    """Files of the package; a browser asks whether its copy is still good."""

    def file_response(self, *args: Any, **options: Any) -> Response:  # noqa: ANN401 - Starlette's signature
        """Add how long a copy may be used without asking."""
        response = super().file_response(*args, **options)
        response.headers["cache-control"] = "no-cache"
        return response


def add_pages(app: FastAPI) -> None:
    """Add the pages to the service."""
    for module in (runs, samples, problem_map, comparison, models, forecast_forms, forecasts, login):
        app.include_router(module.router, include_in_schema=False)
    app.mount("/static", _Files(directory=_STATIC), name="static")
