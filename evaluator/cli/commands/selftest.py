"""`passlaw selftest`: a person sees on their own machine, in under a minute, that the sandbox holds."""

import json

import click

from evaluator.cli.options import BACKEND, ISOLATION, PACKAGES
from evaluator.files.escaping import printable
from evaluator.selftest import Finding, run_selftest

__all__ = ["command"]


@click.command(name="selftest", short_help="Attack this machine's sandbox to check that it holds.")
@BACKEND
@ISOLATION
@PACKAGES
@click.option("--workers", type=click.IntRange(1), help="Programs run in parallel.  [default: one per CPU]")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def command(
    ctx: click.Context,
    *,
    backend: str,
    isolation: str | None,
    packages: str | None,
    workers: int | None,
    as_json: bool,
) -> None:
    """Check on this machine that correct programs pass, wrong ones fail and hostile ones gain nothing.

    Takes less than a minute. Exit status 1 if anything is not as promised.
    """
    result = run_selftest(backend=backend, isolation=isolation, packages=packages, workers=workers)
    if as_json:
        click.echo(json.dumps(result.as_dict()))
    else:
        for finding in result.findings:
            _show(finding)
        about = result.sandbox
        click.echo(
            f"Isolation in force: {about['isolation']} (backend {about['backend']}, {about['kernel']}, "
            f"Python {about['python']}), {result.seconds:.0f} s."
        )
        for reason in about["passed_over"]:
            click.echo(f"Not in force: {printable(reason, 500)}")
    if not result.ok:
        click.echo(
            "passlaw: something is not as promised; do not trust scores made on this machine", err=True
        )
        ctx.exit(1)


def _show(finding: Finding) -> None:
    click.echo(f"{'ok    ' if finding.ok else 'BROKEN'}  {finding.kept}/{finding.of}  {finding.name}")
    for line in finding.broken:
        click.echo(f"        {printable(line, 500)}")
