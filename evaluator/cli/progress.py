"""A progress bar on stderr, for a person; nothing where stderr is a file or a pipe."""

import contextlib
import sys
import time
from collections.abc import Callable, Iterator

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

__all__ = ["progress_bar"]

_REFRESH_S = 0.1


@contextlib.contextmanager
def progress_bar() -> Iterator[Callable[[int, int], None]]:
    """Yield a function to be called with samples done and samples in all; it is cheap to call often."""
    if not sys.stderr.isatty():
        yield lambda _done, _total: None
        return
    columns = (TextColumn("scoring"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]}/s"))
    with Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("scoring", total=None, rate="-")
        started = time.monotonic()
        shown = 0.0

        def advance(done: int, total: int) -> None:
            nonlocal shown
            now = time.monotonic()
            if now - shown >= _REFRESH_S or done == total:
                shown = now
                bar.update(task, completed=done, total=total, rate=f"{done / max(now - started, 1e-9):,.0f}")

        yield advance
