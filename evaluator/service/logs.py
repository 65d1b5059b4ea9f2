"""Logs: one line an event, for a person or a machine, on stderr; no keys, no bodies, no passwords in them."""

import logging
import sys
from typing import Any

import structlog

from evaluator.files.escaping import printable
from evaluator.service.settings import ServiceSettings

__all__ = ["set_up_logs"]


def set_up_logs(settings: ServiceSettings) -> None:
    """Have structlog and the standard library's loggers write as the settings say."""
    console = settings.log_format == "console" or (settings.log_format == "auto" and sys.stderr.isatty())
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _safe,
    ]
    last: list[Any] = (
        [structlog.dev.ConsoleRenderer()]
        if console
        else [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level.upper())
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logger = logging.getLogger(name)
        logger.handlers[:] = []
        logger.propagate = name != "uvicorn.access"  # requests have a line of ours
    for name in ("alembic", "sqlalchemy", "multipart", "python_multipart", "httpx", "httpcore"):
        logging.getLogger(name).setLevel("WARNING")


def _safe(_logger: object, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    """Spell control characters out: paths and messages may hold what a client chose."""
    return {
        key: printable(value, 2000) if isinstance(value, str) and key != "exception" else value
        for key, value in event.items()
    }
