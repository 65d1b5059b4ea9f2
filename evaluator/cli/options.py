"""Option values that several commands parse the same way."""

from pathlib import Path
from typing import Any

import click

from evaluator.errors import EvaluatorError
from evaluator.executors import ENGINES
from evaluator.model_card import parse_quantity
from sandbox.backends.selection import BACKENDS, LEVELS
from sandbox.host.pool import LANES

__all__ = ["BACKEND", "ENGINE", "ISOLATION", "LANE", "NUMBERS", "PATH", "QUANTITY", "RAY_ADDRESS", "STORE"]


class _Quantity(click.ParamType[float]):
    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:  # noqa: ANN401
        if isinstance(value, float):
            return value
        try:
            return parse_quantity(str(value))
        except EvaluatorError as bad:
            self.fail(str(bad), param, ctx)


class _Numbers(click.ParamType[tuple[int, ...]]):
    name = "1,10,100"

    def convert(
        self,
        value: Any,  # noqa: ANN401 - Click's signature
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> tuple[int, ...]:
        if isinstance(value, tuple):
            return value
        try:
            return tuple(int(part) for part in str(value).split(","))
        except ValueError:
            self.fail(f"{value!r} is not a list of whole numbers such as 1,10,100", param, ctx)


QUANTITY = _Quantity()
NUMBERS = _Numbers()
PATH = click.Path(path_type=Path)
BACKEND = click.option(
    "--backend",
    type=click.Choice(["auto", *BACKENDS]),
    default="auto",
    show_default=True,
    help="Isolation backend.",
)
ISOLATION = click.option(
    "--isolation",
    type=click.Choice(LEVELS),
    help="Minimum isolation level.  [default: the first of namespaces, docker, landlock that works]",
)
LANE = click.option(
    "--lane",
    type=click.Choice(LANES),
    default="auto",
    show_default=True,
    metavar="[auto|dedicated]",
    help="auto: try programs in a process that they share, where that is quicker; a pass is always obtained "
    "again in a process of the program's own. dedicated: run every program in its own process only.",
)
ENGINE = click.option(
    "--engine",
    type=click.Choice(ENGINES),
    default="local",
    show_default=True,
    help="Run programs on this machine, or on the nodes of a Ray cluster.",
)
RAY_ADDRESS = click.option(
    "--ray-address",
    metavar="HOST:PORT",
    help="The Ray cluster, or auto.  [default: $RAY_ADDRESS, or this machine alone]",
)
STORE = click.option(
    "--store",
    metavar="URL",
    help="A SQLite file or postgresql://HOST/NAME.  [default: $PASSLAW_STORE, or a file of the user]",
)
