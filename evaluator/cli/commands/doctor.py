"""`passlaw doctor`: what this machine gives to isolate programs, and how to get more."""

import json
import platform
from dataclasses import asdict

import click

from evaluator.files.escaping import printable
from sandbox.host.isolation_levels import ProbedLevel, probe_isolation_levels
from sandbox.jail.probe import PROBES

__all__ = ["command"]


@click.command(name="doctor", short_help="Show which isolation levels work on this machine.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def command(ctx: click.Context, *, as_json: bool) -> None:
    """Show which isolation levels work on this machine, and how to get those that do not.

    Kernel features are tried one by one; then a sandbox is opened at every level and a program run in it.
    Exit status 1 if no level works.
    """
    probes = [probe() for probe in PROBES]
    levels = probe_isolation_levels()
    default = next((level.name for level in levels if level.default), None)
    if as_json:
        shown = {
            "python": platform.python_version(),
            "kernel": f"{platform.system()} {platform.release()}",
            "machine": platform.machine(),
            "probes": [asdict(probe) for probe in probes],
            "levels": [asdict(level) for level in levels],
            "default": default,
        }
        click.echo(json.dumps(shown))
    else:
        click.echo(
            f"{platform.system()} {platform.release()}, {platform.machine()}, "
            f"Python {platform.python_version()}"
        )
        click.echo("\nWhat the kernel gives")
        for probe in probes:
            _show(probe.name, probe.found, probe.meaning, probe.remedy, ok=probe.ok)
        click.echo("\nLevels, from weakest to strongest (--isolation refuses anything weaker)")
        for level in levels:
            _show(level.name + _mark(level), level.found, level.meaning, "", ok=level.ok)
    if default is None:
        click.echo("passlaw: no level of isolation works here; see above for what to do", err=True)
        ctx.exit(1)


def _echo_machine() -> None:
    kernel = f"{platform.system()} {platform.release()}, {platform.machine()}"
    click.echo(f"{kernel}, Python {platform.python_version()}")


def _mark(level: ProbedLevel) -> str:
    return " (default)" if level.default else ""


def _show(name: str, found: str, meaning: str, remedy: str, *, ok: bool) -> None:
    click.echo(f"  {'yes' if ok else 'NO '}  {name}: {printable(found, 1000)}")
    click.echo(f"       {meaning}")
    if remedy:
        click.echo(f"       to get it: {remedy}")
