"""`passlaw keys`: who may use a service on this store, and for what."""

import datetime as dt
import json

import click

from evaluator.cli.options import STORE
from evaluator.store import Key, Scope, open_store
from evaluator.store.api_keys import create_key, list_keys, revoke_key

__all__ = ["command"]


@click.group(name="keys", short_help="Create, list and revoke the service's API keys.")
def command() -> None:
    """Make, list and revoke the API keys of services on a store."""


@command.command()
@click.argument("name")
@click.option(
    "--scope", "scopes", multiple=True, type=click.Choice([scope.value for scope in Scope]),
    default=("read", "submit", "forecast"), show_default=True, help="Scope of the key; may be repeated.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@STORE
def create(name: str, *, scopes: tuple[str, ...], as_json: bool, store: str | None) -> None:
    """Create a key called NAME and print it once; only its hash is stored."""
    opened = open_store(store)
    try:
        with opened.write() as db:
            key, text = create_key(db, name, [Scope(scope) for scope in scopes])
    finally:
        opened.close()
    if as_json:
        click.echo(json.dumps(_shown(key) | {"key": text}))
    else:
        click.echo(text)
        click.echo(f"Key {key.id} ({', '.join(sorted(key.scopes))}); it is not shown again.", err=True)


@command.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON list.")
@STORE
def list_(*, as_json: bool, store: str | None) -> None:
    """List the keys; their text is not stored."""
    opened = open_store(store)
    try:
        with opened.read() as db:
            keys = list_keys(db)
    finally:
        opened.close()
    if as_json:
        click.echo(json.dumps([_shown(key) for key in keys]))
        return
    if not keys:
        click.echo("No keys yet; make one with 'passlaw keys create NAME'.")
    for key in keys:
        state = f"revoked {_time(key.revoked)}" if key.revoked else ", ".join(sorted(key.scopes))
        click.echo(f"{key.id}  {_time(key.created)}  {key.name}  {state}")


@command.command()
@click.argument("key_id")
@STORE
def revoke(key_id: str, store: str | None) -> None:
    """Revoke the key with the id KEY_ID permanently."""
    opened = open_store(store)
    try:
        with opened.write() as db:
            revoke_key(db, key_id)
    finally:
        opened.close()
    click.echo(f"Key {key_id} is revoked.")


def _shown(key: Key) -> dict[str, object]:
    return {
        "id": key.id, "name": key.name, "scopes": sorted(key.scopes), "created": key.created,
        "revoked": key.revoked,
    }  # fmt: skip


def _time(seconds: float) -> str:
    return dt.datetime.fromtimestamp(seconds, dt.UTC).strftime("%Y-%m-%d %H:%M")
