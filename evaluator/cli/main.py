"""The `passlaw` group: which commands there are, and how their errors reach a person.

Commands are imported when they are used, so that `--help` and completion stay quick; the one-line helps
here are checked against the commands' own by a test.
"""

import errno
import importlib
import importlib.metadata
import importlib.util
import os
import sys
from typing import Any, Final

import click

from evaluator.cli.errors import IncompleteFailure, UsageFailure, flag
from evaluator.cli.examples import add_examples
from evaluator.errors import EvaluatorError
from sandbox import CheckError, IsolationError, PackagesError, SandboxError

__all__ = ["COMMANDS", "main"]

_NO_SPACE: Final = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
# name -> one-line help; the command is `command` in the module evaluator.cli.commands.<name>
COMMANDS: Final = {
    "generate": "Get completions from an OpenAI-compatible endpoint.",
    "evaluate": "Score a file of samples and print pass@k.",
    "runs": "List and show the runs of a store.",
    "rates": "Write the pass-count table of stored runs.",
    "compare": "Compare two runs on the same problems.",
    "problems": "Show which problems tell models apart, and which do not.",
    "flaky": "Find problems whose verdicts change between runs.",
    "export": "Write a run's results in another format.",
    "models": "Manage model metadata: parameters, tokens, FLOPs.",
    "forecast": "Forecast a larger model from smaller ones.",
    "backtest": "Back-test forecasts on models whose results are known.",
    "packages": "Build and manage packages that programs may import.",
    "cache": "Inspect or clear the result cache.",
    "doctor": "Show which isolation levels work on this machine.",
    "bench": "Benchmark against other scorers.",
    "serve": "Run the service: runs and forecasts over HTTP and in a browser.",
    "keys": "Create, list and revoke the service's API keys.",
    "selftest": "Attack this machine's sandbox to check that it holds.",
}


class _LazyGroup(click.Group):
    """Imports a command when it is asked for."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, _ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        command = importlib.import_module(f"evaluator.cli.commands.{name}").command
        assert isinstance(command, click.Command)
        add_examples(name, command)
        return command

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - Click's signature
        try:
            return self._invoke_and_flush(ctx)
        except EvaluatorError as error:
            raise UsageFailure(error.spelled(flag)) from error
        except CheckError as error:
            raise UsageFailure(
                f"the problem set's own text does not work: {error}; correct it, or leave that problem out"
            ) from error
        except PackagesError as error:
            raise UsageFailure(str(error)) from error
        except IsolationError as error:
            raise UsageFailure(f"{error} (passlaw doctor shows what works here)") from error
        except SandboxError as error:
            raise IncompleteFailure(f"the sandbox failed: {error}") from error
        except OSError as error:
            if error.errno not in _NO_SPACE:
                raise
            _discard_output()
            raise UsageFailure(
                f"standard output cannot be written ({error.strerror}); free space, or send it elsewhere"
            ) from error

    def _invoke_and_flush(self, ctx: click.Context) -> Any:  # noqa: ANN401 - as above
        """Run the command; output that does not fit fails here rather than at the interpreter's end."""
        try:
            return super().invoke(ctx)
        finally:
            if sys.stdout is not None:  # it was closed
                sys.stdout.flush()


def _discard_output() -> None:
    """Let the interpreter flush what is left of the output into nothing."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, sys.stdout.fileno())
    os.close(nothing)


@click.group(
    cls=_LazyGroup,
    context_settings={
        "token_normalize_func": lambda token: token.replace("_", "-"),
        "help_option_names": ["-h", "--help"],
        "max_content_width": 110,
    },
)
@click.version_option(package_name="passlaw", prog_name="passlaw")
def main() -> None:
    """Score model-written code in a sandbox, and forecast the next model's pass rates.

    Exit status: 0 done; 1 the run is incomplete or a check failed; 2 wrong usage or bad input.
    """
