"""Tracing with OpenTelemetry's API; spans are no-ops unless it is installed and configured."""

import contextlib
import importlib
import importlib.util
from collections.abc import Iterator, Mapping

__all__ = ["span"]


@contextlib.contextmanager
def span(name: str, attributes: Mapping[str, str | int | float | bool]) -> Iterator[None]:
    """Put a span around a block. Attributes hold ids and counts, never completions or keys."""
    if importlib.util.find_spec("opentelemetry") is None:
        yield
        return
    trace = importlib.import_module("opentelemetry.trace")
    with trace.get_tracer("passlaw").start_as_current_span(f"passlaw.{name}", attributes=dict(attributes)):
        yield
