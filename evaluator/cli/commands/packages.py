"""`passlaw packages`: build bundles of packages that programs may import, list them, remove them."""

import json
from pathlib import Path

import click

from evaluator.cli.options import JSON, PATH
from evaluator.files.escaping import printable
from sandbox import PackagesError
from sandbox.packages.build import build_bundle
from sandbox.packages.bundle import PackageBundle
from sandbox.packages.shelf import find_bundle, list_bundles, remove_bundle

__all__ = ["command"]


@click.group(name="packages", short_help="Build and manage packages that programs may import.")
def command() -> None:
    """Build and manage bundles of packages that programs may import."""


@command.command()
@click.argument("name")
@click.argument("requirements", type=PATH)
@JSON
def build(name: str, requirements: Path, *, as_json: bool) -> None:
    """Build the bundle NAME from a REQUIREMENTS file, with pip and from wheels alone.

    The bundle is written to your data directory once it is complete.
    """
    bundle = build_bundle(name, requirements, tell=lambda sentence: click.echo(f"{sentence} ...", err=True))
    _show(bundle, as_json=as_json)


@command.command(name="list")
@JSON
def list_(*, as_json: bool) -> None:
    """List the bundles."""
    found = list_bundles()
    if as_json:
        click.echo(json.dumps([each.as_dict() for each in found if isinstance(each, PackageBundle)]))
    for each in found:
        if isinstance(each, PackagesError):
            click.echo(f"passlaw: {printable(str(each), 500)}", err=True)
        elif not as_json:
            click.echo(
                f"{each.name:20} {len(each.packages):>4} packages {each.bytes / 1e6:>8,.0f} MB  "
                f"Python {each.python}  {each.created}  {each.sha256[:12]}"
            )
    if not found and not as_json:
        click.echo("no bundle of packages yet; build one with: passlaw packages build NAME requirements.txt")


@command.command()
@click.argument("name")
@JSON
def show(name: str, *, as_json: bool) -> None:
    """Show what is in the bundle NAME, and check that its files are those that were built."""
    bundle = find_bundle(name)
    bundle.require_unchanged()
    _show(bundle, as_json=as_json)


@command.command()
@click.argument("name")
def remove(name: str) -> None:
    """Delete the bundle NAME."""
    remove_bundle(name)
    click.echo(f"removed {name}")


def _show(bundle: PackageBundle, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(bundle.as_dict()))
        return
    click.echo(
        f"{bundle.name}: {len(bundle.packages)} packages, {bundle.bytes / 1e6:,.0f} MB, in {bundle.folder}"
    )
    click.echo(f"built {bundle.created} for Python {bundle.python} ({bundle.platform})")
    click.echo(f"sha256 {bundle.sha256}")
    for each in bundle.packages:
        click.echo(f"  {printable(each.name, 100)}=={printable(each.version, 100)}")
