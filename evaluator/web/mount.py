"""Add the pages and their static files to the service."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from fastapi import APIRouter, FastAPI, Response
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


# Every module of pages, with the entries that it has in the navigation, by address.
_PAGES: Final[tuple[tuple[APIRouter, Mapping[str, str]], ...]] = (
    (runs.router, {"/runs": "Runs"}),
    (samples.router, {}),
    (problem_map.router, {"/map": "Map"}),
    (comparison.router, {"/compare": "Compare"}),
    (models.router, {"/models": "Models"}),
    (forecast_forms.router, {}),
    (forecasts.router, {"/forecasts": "Forecasts", "/registry": "Registry"}),
    (login.router, {}),
)


def add_pages(app: FastAPI) -> None:
    """Add the pages to the service, and to the app's state the entries of their navigation."""
    for router, _entries in _PAGES:
        app.include_router(router, include_in_schema=False)
    app.state.navigation = {at: name for _router, entries in _PAGES for at, name in entries.items()}
    app.mount("/static", _Files(directory=_STATIC), name="static")
