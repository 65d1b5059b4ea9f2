"""`passlaw forecast accuracy`: a benchmark's accuracy of a larger model from smaller ones."""

from pathlib import Path

import click

from evaluator.cli.curve_output import show_accuracy
from evaluator.cli.forecast_options import PLOT, GivenTarget, Training, target_options, training_options
from evaluator.cli.forecast_output import print_forecast
from evaluator.cli.options import JSON, PATH, QUANTITY
from evaluator.cli.prediction_command import PredictionCommand
from predictor import ACCURACY_METHODS, AccuracySettings, forecast_accuracy, read_accuracies

__all__ = ["accuracy"]


@click.command(cls=PredictionCommand)
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
@PLOT
@JSON
def accuracy(
    table: Path,
    *,
    column: str,
    chance: float,
    task_loss: str | None,
    ceiling: float | None,
    questions: float | None,
    target: GivenTarget,
    train: Training,
    seed: int,
    method: str,
    plot: Path | None,
    as_json: bool,
) -> None:
    """Forecast a benchmark's accuracy from TABLE, one row per model with compute and accuracy.

    The forecast is a mixture of laws: of accuracy against compute, of accuracy against size and data, and,
    with --task-loss, of the task loss and of accuracy against it. Each is weighted by how well it forecasts
    the larger models of TABLE from the smaller ones.
    """
    accuracies = read_accuracies(table, column, task_loss)
    forecast = forecast_accuracy(
        accuracies,
        target.read(accuracies.models),
        chance=chance,
        ceiling=ceiling,
        questions=questions,
        method=method,
        train_models=train.models,
        train_max_flops=train.max_flops,
        settings=AccuracySettings(seed=seed),
    )
    print_forecast(forecast, show_accuracy, plot=plot, as_json=as_json)
