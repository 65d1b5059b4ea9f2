"""`passlaw models`: what is known of models, so that a run knows its compute."""

import json
from dataclasses import asdict
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from evaluator.cli.options import PATH, QUANTITY, STORE
from evaluator.errors import ModelsError
from evaluator.files.escaping import printable
from evaluator.model_card import Model, card_of, import_models
from evaluator.store import open_store
from evaluator.store.model_cards import add_cards, all_cards

__all__ = ["command"]


@click.group(name="models", short_help="Manage model metadata: parameters, tokens, FLOPs.")
def command() -> None:
    """Manage model metadata: parameters, tokens, FLOPs.

    Numbers may be written as 7B, 2T or 1e22. FLOPs that are not given follow as 6 x params x tokens, and
    are marked as derived.
    """


@command.command()
@click.argument("name")
@click.option("--params", type=QUANTITY, help="Parameters, such as 7B.")
@click.option("--tokens", type=QUANTITY, help="Training tokens, such as 2T.")
@click.option("--flops", type=QUANTITY, help="Training compute, such as 1e22.  [default: 6ND]")
@click.option("--family", help="Models trained in the same way.")
@STORE
def add(
    name: str,
    *,
    params: float | None,
    tokens: float | None,
    flops: float | None,
    family: str | None,
    store: str | None,
) -> None:
    """Add the model NAME, or add metadata to it."""
    figures = {"params": params, "tokens": tokens, "flops": flops}
    card = card_of({"model": name, "family": family, **figures}, f"NAME {name!r:.80}")
    _show([_add(store, card)[card.name]])


@command.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON list.")
@STORE
def list_(*, as_json: bool, store: str | None) -> None:
    """List the models."""
    cards = list(_add(store).values())
    if as_json:
        click.echo(json.dumps([asdict(card) for card in cards]))
    else:
        _show(cards)


@command.command(name="import")
@click.argument("file", type=PATH)
@STORE
def import_(file: Path, store: str | None) -> None:
    """Add the models in FILE, CSV or JSONL with columns model, params, tokens, flops, family."""
    cards = import_models(file)
    if not cards:
        raise ModelsError(f"{file}: no models in it; give a header and a row for each model")
    _add(store, *cards)
    click.echo(f"{len({card.name for card in cards}):,} models added.")


def _add(where: str | None, *cards: Model) -> dict[str, Model]:
    """Add cards to a store; return all that it then has."""
    store = open_store(where)
    try:
        with store.write() if cards else store.read() as db:
            add_cards(store, db, *cards)
            return all_cards(db)
    finally:
        store.close()


def _show(cards: list[Model]) -> None:
    if not cards:
        click.echo("No models yet; add one with 'passlaw models add NAME --params 7B --tokens 2T'.")
        return
    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), header_style="dim")
    for title in ("model", "family", "params", "tokens", "FLOPs"):
        table.add_column(title, justify="left" if title in {"model", "family"} else "right")
    for card in cards:
        flops = _figure(card.flops) + (" (6ND)" if card.flops_derived else "")
        name, family = Text(printable(card.name, 80)), Text(printable(card.family or "", 40))
        table.add_row(name, family, _figure(card.params), _figure(card.tokens), flops)
    Console(highlight=False).print(table)


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.3g}"
