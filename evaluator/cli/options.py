"""Option values that several commands parse the same way."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from evaluator.errors import EvaluatorError
from evaluator.executors import ENGINES
from evaluator.model_card import parse_quantity
from sandbox.backends.selection import BACKENDS, DEFAULT_ORDER, LEVELS
from sandbox.options import EXECUTION_CHOICES

__all__ = [
    "BACKEND",
    "ENGINE",
    "EXECUTION",
    "ISOLATION",
    "JSON",
    "NUMBERS",
    "PACKAGES",
    "PATH",
    "QUANTITY",
    "RAY_ADDRESS",
    "STORE",
]


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


class _Execution(click.Choice[str]):
    """A choice that also takes `process`, the old name of `dedicated`."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:  # noqa: ANN401
        if value == "process":
            _tell_of_old_name("the value process", "dedicated")
            value = "dedicated"
        return super().convert(value, param, ctx)


def _tell_of_old_name(old: str, new: str) -> None:
    click.echo(f"passlaw: {old} is now called {new}; the next release drops the old name", err=True)


def _lane(ctx: click.Context, _param: click.Parameter, value: str | None) -> None:
    if value is not None:
        _tell_of_old_name("--lane", "--execution")
        ctx.meta[__name__] = value


def _execution(ctx: click.Context, param: click.Parameter, value: str) -> str:
    if param.name and ctx.get_parameter_source(param.name) is click.core.ParameterSource.DEFAULT:
        return str(ctx.meta.get(__name__, value))
    return value


def EXECUTION(command: Callable[..., Any]) -> Callable[..., Any]:  # noqa: N802 - used as the options below are
    """Add `--execution`, and `--lane`, its old name."""
    return _EXECUTION(_LANE(command))


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
JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON value.")
ISOLATION = click.option(
    "--isolation",
    type=click.Choice(LEVELS),
    help=f"Minimum isolation level.  [default: the first of {', '.join(DEFAULT_ORDER)} that works]",
)
PACKAGES = click.option(
    "--packages",
    metavar="NAME",
    help="Bundle of packages that programs may import; see passlaw packages.  [default: none]",
)
_EXECUTION = click.option(
    "--execution",
    type=_Execution(EXECUTION_CHOICES),
    callback=_execution,
    default="auto",
    show_default=True,
    help="auto: try programs in a shared process first where that is faster, and confirm every pass in the "
    "program's own process. dedicated: run every program in its own process only.",
)
_LANE = click.option(
    "--lane",
    type=_Execution(EXECUTION_CHOICES),
    callback=_lane,
    is_eager=True,
    expose_value=False,
    hidden=True,
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
