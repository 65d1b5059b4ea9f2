"""Options that the forecasting commands share: the target and the training models."""

from collections.abc import Sequence
from typing import Any

import click

from evaluator.cli.errors import UsageFailure
from evaluator.cli.options import QUANTITY
from predictor import Target

__all__ = ["read_target", "split_names", "target_options", "training_options"]


def target_options(command: Any) -> Any:  # noqa: ANN401 - decorates whatever Click makes
    """Add the options that say which model is forecast: by FLOPs, by size and data, or by name."""
    options = (
        click.option("--target-flops", type=QUANTITY, help="The target's training compute, such as 1e25."),
        click.option("--target-params", type=QUANTITY, help="The target's parameters, such as 70B."),
        click.option("--target-tokens", type=QUANTITY, help="The target's training tokens, such as 15T."),
        click.option("--target-model", help="The target by name; its own results are not used."),
        click.option(
            "--target-name",
            help="What a target that is not in the table yet will be called there, to resolve it later.",
        ),
    )
    return _apply(options, command)


def training_options(command: Any) -> Any:  # noqa: ANN401 - decorates whatever Click makes
    """Add the options that say which models a forecast learns from."""
    options = (
        click.option("--train-models", help="Names, comma-separated.  [default: all below the target]"),
        click.option("--train-max-flops", type=QUANTITY, help="Train only on models up to this compute."),
        click.option(
            "--seed",
            type=click.IntRange(min=0),
            default=0,
            show_default=True,
            help="Random seed; the same seed gives identical results.",
        ),
    )
    return _apply(options, command)


def _apply(options: Sequence[Any], command: Any) -> Any:  # noqa: ANN401 - as above
    for option in reversed(options):
        command = option(command)
    return command


def split_names(names: str | None) -> list[str] | None:
    """Split comma-separated names into a list; return None for None."""
    return [name.strip() for name in names.split(",") if name.strip()] if names else None


def read_target(
    flops: float | None,
    params: float | None,
    tokens: float | None,
    model: str | None,
    *,
    name: str | None,
    models: Sequence[str],
) -> Target | str:
    """Return the one target that the options name; raise `UsageFailure` if they name none or two.

    `name` is for a target that is none of the `models` of the table.
    """
    if name is not None:
        _check_name(name, model, models)
    sized = params is not None and tokens is not None
    if model is not None and (flops is not None or params is not None or tokens is not None):
        raise UsageFailure("--target-model and the target's figures exclude each other; give one of them")
    if model is not None:
        return model
    nan = float("nan")
    if flops is None and not sized:
        raise UsageFailure(
            "no target; give --target-model, --target-flops, or --target-params and --target-tokens"
        )
    if flops is not None:
        return Target(flops, name, params or nan, tokens or nan)
    assert params is not None
    assert tokens is not None
    return Target(6 * params * tokens, name, params, tokens, derived=True)


def _check_name(name: str, model: str | None, models: Sequence[str]) -> None:
    if model is not None:
        raise UsageFailure("--target-model names the target already; leave --target-name out")
    if not name.strip():
        raise UsageFailure("--target-name is empty; give the name that the target's runs will have")
    if name in models:
        raise UsageFailure(
            f"the table holds {name} already; forecast it with --target-model, or give another --target-name"
        )
