"""The service: runs, models, problem sets and forecasts over HTTP, on the same store as the command line."""

from evaluator.service.app import build_app
from evaluator.service.settings import ServiceSettings

__all__ = ["ServiceSettings", "build_app"]
