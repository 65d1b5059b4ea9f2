"""Options that choose a registry of forecasts: a file, or a store's."""

from pathlib import Path
from typing import Any, Final

import click

from evaluator.cli.options import PATH
from evaluator.errors import UsageError
from evaluator.store_location import resolve_store_url
from predictor import FileLog, Log

__all__ = ["log_options", "named_log", "register_place"]

_FILE: Final = Path("forecasts.jsonl")


def log_options(command: Any) -> Any:  # noqa: ANN401 - decorates whatever Click makes
    """Add `--log` and `--store`."""
    log = click.option("--log", type=PATH, help="The registry file.  [default: forecasts.jsonl]")
    store = click.option(
        "--store",
        metavar="URL",
        help="Use this store's registry instead.  [default: $PASSLAW_STORE, if set]",
    )
    return log(store(command))


def named_log(log: Path | None, store: str | None) -> Log:
    """Return the registry that the options name: `--store`, `--log`, `PASSLAW_STORE`, or a file here."""
    if log is not None and store is not None:
        raise UsageError("--log and --store exclude each other; give one of them")
    where = resolve_store_url(store) if log is None else None
    if where is None:
        return FileLog(log or _FILE)
    from evaluator.store import StoreLog, open_store  # noqa: PLC0415 - a file needs no database

    return StoreLog(open_store(where, pool_size=1))


def register_place(log: Path | None, store: str | None) -> str:
    """Return a name of the registry to show, without a password."""
    if log is None and resolve_store_url(store) is not None:
        return "the store"
    return str(log or _FILE)
