"""Commands that forecast: errors of the predictor end them with one line and status 2."""

from typing import Any

import click

from evaluator.cli.errors import UsageFailure, flag
from predictor import PredictorError

__all__ = ["PredictionCommand", "PredictionGroup"]


class PredictionCommand(click.Command):
    """A command whose refusals by the predictor end with status 2."""

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - Click's signature
        """Run the command."""
        try:
            return super().invoke(ctx)
        except PredictorError as error:
            raise UsageFailure(error.spelled(flag)) from error
        except BrokenPipeError:
            raise  # Click ends quietly where the reader of a pipe has left.
        except OSError as error:
            raise UsageFailure(
                f"{error.filename or 'a file'}: {error.strerror or error}; give another path"
            ) from error


class PredictionGroup(click.Group):
    """A group of such commands."""

    command_class = PredictionCommand
