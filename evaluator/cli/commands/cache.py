"""`passlaw cache`: look into a file of kept outcomes, or empty it."""

import json
from dataclasses import asdict
from pathlib import Path

import click

from evaluator.cli.options import PATH
from evaluator.errors import CacheError
from evaluator.files.escaping import printable
from evaluator.scoring.outcome_cache import Cache

__all__ = ["command"]


@click.group(name="cache", short_help="Inspect or clear the result cache.")
def command() -> None:
    """Inspect or clear the result cache that `passlaw evaluate --cache PATH` writes."""


@command.command()
@click.argument("path", type=PATH)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def info(path: Path, *, as_json: bool) -> None:
    """Print the number of results in PATH by verdict, and their dates."""
    with _existing(path) as cache:
        found = cache.info()
    if as_json:
        click.echo(json.dumps(asdict(found)))
        return
    click.echo(f"{printable(found.path, 4096)}: {found.outcomes:,} outcomes, {found.size_bytes:,} bytes")
    if found.outcomes:
        click.echo(f"kept from {found.first} to {found.last}")
    for verdict, count in found.verdicts.items():
        click.echo(f"  {verdict:20} {count:>10,}")


@command.command()
@click.argument("path", type=PATH)
def clear(path: Path) -> None:
    """Delete every result in PATH."""
    with _existing(path) as cache:
        click.echo(f"dropped {cache.clear():,} outcomes")


def _existing(path: Path) -> Cache:
    if not path.is_file():
        raise CacheError(f"{path}: there is no such file; passlaw evaluate --cache PATH makes one")
    return Cache(path)
