"""Options that the forecasting commands share: the target and the training models."""

import functools
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import click

from evaluator.cli.errors import UsageFailure
from evaluator.cli.options import PATH, QUANTITY
from predictor import Target

__all__ = [
    "PLOT",
    "SEED",
    "GivenTarget",
    "Training",
    "split_names",
    "target_options",
    "training_options",
]


SEED = click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="Random seed; the same seed gives identical results.",
)
PLOT = click.option("--plot", type=PATH, help="Draw the forecast: .svg, .png or .pdf.")


class GivenTarget(NamedTuple):
    """What the options say of the model that is forecast; what was not given is None."""

    flops: float | None
    params: float | None
    tokens: float | None
    model: str | None
    name: str | None

    def read(self, models: Sequence[str]) -> Target | str:
        """Return the one target that the options name.

        Args:
            models: the names in the table; `name` is for a target that is none of them.

        Raises:
            UsageFailure: the options name no target, or two.
        """
        if self.name is not None:
            _check_name(self.name, self.model, models)
        if self.model is not None:
            if (self.flops, self.params, self.tokens) != (None, None, None):
                raise UsageFailure(
                    "--target-model and the target's figures exclude each other; give one of them"
                )
            return self.model
        nan = float("nan")
        if self.flops is not None:
            return Target(self.flops, self.name, self.params or nan, self.tokens or nan)
        if self.params is None or self.tokens is None:
            raise UsageFailure(
                "no target; give --target-model, --target-flops, or --target-params and --target-tokens"
            )
        return Target(6 * self.params * self.tokens, self.name, self.params, self.tokens, derived=True)


class Training(NamedTuple):
    """Which models a forecast learns from: those named, up to a compute; None for all below the target."""

    models: list[str] | None
    max_flops: float | None


def target_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options that say which model is forecast; a command takes them as `target`, a `GivenTarget`."""

    @functools.wraps(command)
    def with_target(
        *arguments: Any,  # noqa: ANN401 - the command's own
        target_flops: float | None,
        target_params: float | None,
        target_tokens: float | None,
        target_model: str | None,
        target_name: str | None,
        **options: Any,  # noqa: ANN401 - as above
    ) -> None:
        target = GivenTarget(target_flops, target_params, target_tokens, target_model, target_name)
        command(*arguments, target=target, **options)

    return _apply(
        (
            click.option(
                "--target-flops", type=QUANTITY, help="The target's training compute, such as 1e25."
            ),
            click.option("--target-params", type=QUANTITY, help="The target's parameters, such as 70B."),
            click.option("--target-tokens", type=QUANTITY, help="The target's training tokens, such as 15T."),
            click.option("--target-model", help="The target by name; its own results are not used."),
            click.option(
                "--target-name",
                help="What a target that is not in the table yet will be called there, to resolve it later.",
            ),
        ),
        with_target,
    )


def training_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add `--seed` and the options that say which models a forecast learns from, as `train`, a `Training`."""

    @functools.wraps(command)
    def with_training(
        *arguments: Any,  # noqa: ANN401 - the command's own
        train_models: str | None,
        train_max_flops: float | None,
        **options: Any,  # noqa: ANN401 - as above
    ) -> None:
        command(*arguments, train=Training(split_names(train_models), train_max_flops), **options)

    return _apply(
        (
            click.option("--train-models", help="Names, comma-separated.  [default: all below the target]"),
            click.option("--train-max-flops", type=QUANTITY, help="Train only on models up to this compute."),
            SEED,
        ),
        with_training,
    )


def _apply(options: Sequence[Any], command: Callable[..., None]) -> Callable[..., None]:
    for option in reversed(options):
        command = option(command)
    return command


def split_names(names: str | None) -> list[str] | None:
    """Split comma-separated names into a list; return None for None."""
    return [name.strip() for name in names.split(",") if name.strip()] if names else None


def _check_name(name: str, model: str | None, models: Sequence[str]) -> None:
    if model is not None:
        raise UsageFailure("--target-model names the target already; leave --target-name out")
    if not name.strip():
        raise UsageFailure("--target-name is empty; give the name that the target's runs will have")
    if name in models:
        raise UsageFailure(
            f"the table holds {name} already; forecast it with --target-model, or give another --target-name"
        )
