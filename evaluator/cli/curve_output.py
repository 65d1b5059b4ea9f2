"""What `passlaw forecast accuracy` and `passlaw forecast run` print for a person."""

from collections.abc import Sequence

import click

from evaluator.files.escaping import printable
from predictor import AccuracyForecast, Estimate, ForecastWarning, RunForecast

__all__ = ["show_accuracy", "show_run"]


def show_accuracy(forecast: AccuracyForecast) -> None:
    """Print the accuracy with its intervals, what each law says, and the warnings."""
    name = printable(forecast.target.name, 80) if forecast.target.name else "a model"
    click.echo(
        f"{name}, {forecast.target.flops:.3g} FLOPs: {forecast.method} from {len(forecast.train_models)} "
        f"models up to {printable(forecast.train_models[-1], 80)}"
    )
    _head()
    _estimate(printable(forecast.column, 40), forecast.accuracy)
    for member, found in forecast.members.items():
        loss = "" if found.task_loss is None else f", by a task loss of {found.task_loss:.4g}"
        click.echo(f"  {member}: {found.accuracy:.1%}, weight {found.weight:.0%}{loss}")
    _notes(forecast.warnings, str(forecast.to_json()["record_sha256"]))


def show_run(forecast: RunForecast) -> None:
    """Print the score at the target step, the ceiling, what each law says, and the warnings."""
    name = printable(forecast.run, 80) if forecast.run else "the run"
    step, count = forecast.seen
    click.echo(
        f"{name}, step {forecast.step:g}: {forecast.method} from {count} steps up to {step:g}, "
        f"where {printable(forecast.column, 40)} is {forecast.last:.1%}"
    )
    _head()
    _estimate(f"at step {forecast.step:g}", forecast.value)
    if forecast.ceiling is not None:
        _estimate("ceiling", forecast.ceiling)
    for member, found in forecast.members.items():
        click.echo(f"  {member}: {found.value:.1%}, weight {found.weight:.0%}")
    _notes(forecast.warnings, str(forecast.to_json()["record_sha256"]))


def _head() -> None:
    click.echo(f"  {'':<24}{'forecast':>9}  {'50%':>16}  {'80%':>16}  {'95%':>16}")


def _estimate(name: str, estimate: Estimate) -> None:
    spans = "".join(f"  {f'{low:.1%} to {high:.1%}':>16}" for low, high in estimate.intervals.values())
    click.echo(f"  {name:<24}{estimate.point:>9.1%}{spans}")


def _notes(warnings: Sequence[ForecastWarning], sha: str) -> None:
    for warned in warnings:
        click.echo(f"  note ({warned.code}): {printable(warned.message, 500)}")
    click.echo(f"  record {sha}")
