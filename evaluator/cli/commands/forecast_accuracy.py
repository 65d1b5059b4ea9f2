"""`passlaw forecast accuracy`: a benchmark's accuracy of a larger model from smaller ones."""

from pathlib import Path

import click

from evaluator.cli.curve_output import show_accuracy
from evaluator.cli.forecast_options import read_target, split_names, target_options, training_options
from evaluator.cli.forecast_output import emit
from evaluator.cli.options import JSON, PATH, QUANTITY
from evaluator.cli.prediction_command import PredictionCommand
from predictor import ACCURACY_METHODS, AccuracySettings, forecast_accuracy, read_accuracies

__all__ = ["accuracy"]


@click.command(
    cls=PredictionCommand,
    epilog="Example: passlaw forecast accuracy models.csv --column hellaswag --chance 0.25 "
    "--task-loss hellaswag_bpb --target-params 7B --target-tokens 4T",
)
@click.argument("table", type=PATH)
@click.option("--column", required=True, help="The accuracy column, shares from 0 to 1.")
@click.option(
    "--chance", type=float, required=True, help="Accuracy of guessing: 0.25 for four choices, else 0."
)
@click.option("--task-loss", help="The column of the task's loss, such as bits per byte of right answers.")
@click.option("--ceiling", type=float, help="The best accuracy there is.  [default: unknown]")
@click.option("--questions", type=QUANTITY, help="How many questions the benchmark has.  [default: unknown]")
@target_options
@training_options
@click.option("--method", type=click.Choice(ACCURACY_METHODS), default="auto", show_default=True)
@click.option("--plot", type=PATH, help="Draw the forecast: .svg, .png or .pdf.")
@JSON
def accuracy(
    table: Path,
    *,
    column: str,
    chance: float,
    task_loss: str | None,
    ceiling: float | None,
    questions: float | None,
    target_flops: float | None,
    target_params: float | None,
    target_tokens: float | None,
    target_model: str | None,
    target_name: str | None,
    train_models: str | None,
    train_max_flops: float | None,
    seed: int,
    method: str,
    plot: Path | None,
    as_json: bool,
) -> None:
    """Forecast a benchmark's accuracy from TABLE, one row per model with compute and accuracy.

    Laws of accuracy against compute, or against size and data, and, with --task-loss, of the task loss
    first and the accuracy from it, are mixed by how each forecast the larger models of TABLE from the
    smaller ones.
    """
    accuracies = read_accuracies(table, column, task_loss)
    forecast = forecast_accuracy(
        accuracies,
        read_target(
            target_flops,
            target_params,
            target_tokens,
            target_model,
            name=target_name,
            models=accuracies.models,
        ),
        chance=chance,
        ceiling=ceiling,
        questions=questions,
        method=method,
        train_models=split_names(train_models),
        train_max_flops=train_max_flops,
        settings=AccuracySettings(seed=seed),
    )
    if plot is not None:
        from predictor.plots.curves import accuracy_panel  # noqa: PLC0415
        from predictor.plots.render import draw  # noqa: PLC0415 - drawing is an extra

        draw(accuracy_panel(accuracies, forecast), plot)
        click.echo(f"drawn: {plot}", err=True)
    if as_json:
        emit(forecast.to_json())
    else:
        show_accuracy(forecast)
