"""The default location of the store."""

import os
from pathlib import Path
from typing import Final

__all__ = ["VARIABLE", "default_path", "resolve_store_url"]

VARIABLE: Final = "PASSLAW_STORE"


def default_path() -> str:
    """Return what `PASSLAW_STORE` says, or a file in the user's data folder."""
    home = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return os.environ.get(VARIABLE) or str(Path(home) / "passlaw" / "passlaw.db")


def resolve_store_url(given: str | None) -> str | None:
    """Return the store that was asked for, by an option or by `PASSLAW_STORE`; None if none was."""
    return given or os.environ.get(VARIABLE) or None
