"""How a command ends that was used wrongly or given bad input: one line on stderr and an exit status."""

from typing import Any

import click

from evaluator.files.escaping import printable

__all__ = ["IncompleteFailure", "InterruptedFailure", "UsageFailure", "flag"]


class UsageFailure(click.ClickException):
    """Wrong usage or bad input: one line on stderr and status 2, never a traceback."""

    exit_code = 2

    def show(self, file: Any = None) -> None:  # noqa: ANN401 - Click's signature
        """Print the line, safe for a terminal."""
        click.echo(f"passlaw: {printable(self.message, 2000)}", err=file is None, file=file)


class IncompleteFailure(UsageFailure):
    """The sandbox or the cluster failed, so the run is incomplete; status 1."""

    exit_code = 1


class InterruptedFailure(UsageFailure):
    """Ctrl-C; the line says what is kept and how to go on. Status 130, as a shell has it."""

    exit_code = 130


def flag(option: str) -> str:
    """Return an option as the command line spells it.

    >>> flag("ignore_incomplete")
    '--ignore-incomplete'
    """
    return f"--{option.replace('_', '-')}"
