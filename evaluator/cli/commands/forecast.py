"""`passlaw forecast`: forecast a larger model from smaller ones, and plan which samples would help."""

from pathlib import Path

import click

from evaluator.cli.commands.forecast_accuracy import accuracy
from evaluator.cli.commands.forecast_run import run
from evaluator.cli.commands.forecast_samples import samples
from evaluator.cli.commands.registry import list_, register, resolve, verify
from evaluator.cli.forecast_options import PLOT, GivenTarget, Training, target_options, training_options
from evaluator.cli.forecast_output import emit, print_forecast, show_capability, show_loss
from evaluator.cli.options import JSON, NUMBERS, PATH, QUANTITY
from evaluator.cli.prediction_command import PredictionGroup
from evaluator.files.escaping import printable
from predictor import (
    LOSS_METHODS,
    METHOD_NAMES,
    LossSettings,
    Settings,
    forecast_capability,
    forecast_loss,
    plan,
    read_counts,
    read_losses,
    resolve_target,
)
from predictor.methods.catalog import DEFAULT, METHODS

__all__ = ["command"]


@click.group(name="forecast", cls=PredictionGroup, short_help="Forecast a larger model from smaller ones.")
def command() -> None:
    """Forecast how a larger model will score, from the pass counts or losses of smaller ones."""


@command.command()
@click.argument("counts", type=PATH)
@target_options
@training_options
@click.option(
    "--method",
    type=click.Choice(METHOD_NAMES),
    default="auto",
    show_default=True,
    help=f"auto: {DEFAULT}. {' '.join(f'{each.name}: {each.says}.' for each in METHODS.values())}",
)
@click.option("--k", "ks", type=NUMBERS, default=(1, 10), help="The pass@k to forecast.  [default: 1,10]")
@click.option(
    "--split-samples",
    is_flag=True,
    help="Choose the problems and their buckets on one half of the samples, and fit on the other half.",
)
@PLOT
@JSON
def capability(
    counts: Path,
    *,
    target: GivenTarget,
    train: Training,
    seed: int,
    method: str,
    ks: tuple[int, ...],
    split_samples: bool,
    plot: Path | None,
    as_json: bool,
) -> None:
    """Forecast pass rates from COUNTS, a table with columns model, task_id, n, c and compute."""
    table = read_counts(counts)
    forecast = forecast_capability(
        table,
        target.read(table.models),
        method=method,
        train_models=train.models,
        train_max_flops=train.max_flops,
        settings=Settings(ks=ks, split_samples=split_samples, seed=seed),
    )
    print_forecast(forecast, show_capability, plot=plot, as_json=as_json)


@command.command()
@click.argument("losses", type=PATH)
@click.option("--column", required=True, help="The loss column.")
@target_options
@training_options
@click.option("--method", type=click.Choice(LOSS_METHODS), default="auto", show_default=True)
@click.option(
    "--irreducible",
    type=float,
    help="The irreducible loss, if known, such as the entropy of generated data; otherwise it is fitted.",
)
@PLOT
@JSON
def loss(
    losses: Path,
    *,
    column: str,
    target: GivenTarget,
    train: Training,
    seed: int,
    method: str,
    irreducible: float | None,
    plot: Path | None,
    as_json: bool,
) -> None:
    """Forecast one loss column of LOSSES, a table with one row per model."""
    table = read_losses(losses, column)
    forecast = forecast_loss(
        table,
        target.read(table.models),
        method=method,
        train_models=train.models,
        train_max_flops=train.max_flops,
        irreducible=irreducible,
        settings=LossSettings(seed=seed),
    )
    print_forecast(forecast, show_loss, plot=plot, as_json=as_json)


@command.command(name="plan")
@click.argument("counts", type=PATH)
@target_options
@click.option(
    "--width",
    type=float,
    default=0.1,
    show_default=True,
    help="Half-width of the 80% interval, in log(-mean log pass).",
)
@click.option(
    "--budget", type=QUANTITY, default=10_000.0, help="Samples that may be taken.  [default: 10000]"
)
@JSON
def plan_(
    counts: Path,
    *,
    target: GivenTarget,
    width: float,
    budget: float,
    as_json: bool,
) -> None:
    """Say which samples or which further small model would narrow the forecast from COUNTS most."""
    table = read_counts(counts)
    resolved = resolve_target(table.models, table.compute, target.read(table.models))
    found = plan(table, resolved, width=width, budget=int(budget))
    if as_json:
        emit(found.to_json())
        return
    click.echo(f"80% half-width now: {found.half_width:.3f} in log(-mean log pass)")
    click.echo(f"variance from samples {found.samples_part:.2e}, from models {found.models_part:.2e}")
    reach = "reached" if found.reachable else "not reached by samples alone"
    click.echo(
        f"after {sum(row.samples for row in found.samples):,} samples: {found.after_samples:.3f} ({width:g} "
        f"{reach})"
    )
    for row in found.samples[:10]:
        click.echo(
            f"  {row.samples:>7,} samples of {printable(row.task_id, 40)} by {printable(row.model, 60)}"
        )
    click.echo("one more model, most narrowing per FLOP first:")
    for model in found.new_models[:5]:
        click.echo(f"  {model.flops:9.3g} FLOPs: half-width {model.half_width:.3f}")


for _each in (samples, accuracy, run, register, list_, resolve, verify):
    command.add_command(_each)
