"""Options that describe the model that wrote the samples."""

from collections.abc import Callable
from typing import Any

import click

from evaluator.cli.options import QUANTITY
from evaluator.errors import UsageError
from evaluator.model_card import Model, card_of

__all__ = ["given_model", "model_options", "named_model"]


def model_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--model`, `--params`, `--tokens`, `--flops` and `--family`."""
    for option in reversed(
        (
            click.option("--model", "name", metavar="NAME", help="The model that wrote the samples."),
            click.option("--params", type=QUANTITY, help="Its parameters, such as 7B."),
            click.option("--tokens", type=QUANTITY, help="Its training tokens, such as 2T."),
            click.option(
                "--flops", type=QUANTITY, help="Its training compute, such as 1e22.  [default: 6ND]"
            ),
            click.option("--family", help="Its family: models trained in the same way."),
        )
    ):
        command = option(command)
    return command


def named_model(name: str | None, store: str | None, given: dict[str, float | str | None]) -> Model | None:
    """Return the model's card: what the store knows, and over it what the options say."""
    said = given_model(name, given)
    if name is None or said is None:
        return None
    # Only a named model needs the store, which takes longer to import than a small run takes.
    from evaluator.store import open_store  # noqa: PLC0415
    from evaluator.store.model_cards import get_card  # noqa: PLC0415

    opened = open_store(store)
    try:
        with opened.read() as db:
            known = get_card(db, name)
    finally:
        opened.close()
    return (known or Model(name)).merged(said)


def given_model(name: str | None, given: dict[str, float | str | None]) -> Model | None:
    """Return what the options say of the model."""
    if name is not None:
        return card_of({"model": name, **given}, "--model")
    if any(value is not None for value in given.values()):
        raise UsageError(
            "--params, --tokens, --flops and --family describe a model; name it with --model NAME"
        )
    return None
