"""Progress of `passlaw generate` on stderr: a bar for a person, a line each minute where that is a file."""

import contextlib
import sys
import time
from collections.abc import Callable, Iterator
from typing import Final

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from evaluator.generation.progress import GenerationProgress

__all__ = ["generation_bar", "told_progress"]

_REFRESH_S: Final = 0.1
_LINE_S: Final = 60.0


@contextlib.contextmanager
def generation_bar() -> Iterator[Callable[[GenerationProgress], None]]:
    """Yield a function to be called with each state; it is cheap to call often."""
    if not sys.stderr.isatty():
        yield _each_minute()
        return
    columns = (TextColumn("generating"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[told]}"))
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("generating", total=None, told="")
        shown = 0.0

        def advance(state: GenerationProgress) -> None:
            nonlocal shown
            now = time.monotonic()
            if now - shown >= _REFRESH_S or state.done == state.total:
                shown = now
                bar.update(task, completed=state.done, total=state.total, told=told_progress(state))

        yield advance


def _each_minute() -> Callable[[GenerationProgress], None]:
    shown = time.monotonic()

    def advance(state: GenerationProgress) -> None:
        nonlocal shown
        now = time.monotonic()
        if now - shown >= _LINE_S:
            shown = now
            click.echo(f"passlaw: {state.done:,}/{state.total:,} samples, {told_progress(state)}", err=True)

    return advance


def told_progress(state: GenerationProgress) -> str:
    """Return speed, what went wrong, and the time that is left, as far as they are known."""
    speed, left = state.tokens_per_second, state.remaining_s
    parts = [
        f"{speed:,.0f} tokens/s" if speed else "",
        f"{state.cut:,} cut off" if state.cut else "",
        f"{state.failed:,} failed" if state.failed else "",
        "time left not known yet" if left is None else f"about {_span(left)} left",
    ]
    return ", ".join(part for part in parts if part)


def _span(seconds: float) -> str:
    """Return a duration as a person says it.

    >>> _span(59), _span(5400), _span(90)
    ('59 s', '1.5 h', '2 min')
    """
    if seconds < 60:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 3600 else f"{seconds / 3600:.1f} h"
