"""The `passlaw` command: one module per subcommand, loaded when it is used."""

from evaluator.cli.main import main

__all__ = ["main"]
