"""`passlaw forecast run`: one training or RL run from its first part to its end."""

from pathlib import Path

import click

from evaluator.cli.curve_output import show_run
from evaluator.cli.errors import UsageFailure
from evaluator.cli.forecast_options import PLOT, SEED
from evaluator.cli.forecast_output import print_forecast
from evaluator.cli.options import JSON, PATH, QUANTITY
from evaluator.cli.prediction_command import PredictionCommand
from evaluator.files.escaping import printable
from predictor import RUN_METHODS, RunSettings, TrainingRun, forecast_run, read_runs

__all__ = ["run"]


@click.command(cls=PredictionCommand)
@click.argument("table", type=PATH)
@click.option("--column", required=True, help="The score's column: accuracy or pass@1, shares from 0 to 1.")
@click.option("--target-step", type=QUANTITY, required=True, help="The step to forecast.")
@click.option("--until", type=QUANTITY, help="Use no step after this one.  [default: all below the target]")
@click.option("--step-column", default="step", show_default=True, help="Steps, samples, tokens or compute.")
@click.option("--run", "name", help="Which run of TABLE, where its column run or model names several.")
@click.option("--method", type=click.Choice(RUN_METHODS), default="auto", show_default=True)
@SEED
@PLOT
@JSON
def run(
    table: Path,
    *,
    column: str,
    target_step: float,
    until: float | None,
    step_column: str,
    name: str | None,
    method: str,
    seed: int,
    plot: Path | None,
    as_json: bool,
) -> None:
    """Forecast the end of one run from its first part, in TABLE, one row per step.

    The forecast is a mixture of saturating laws and the last value. Each is weighted by how well it
    forecasts the later steps of the table from the earlier ones. While the scores do not show the ceiling
    of the run, the command makes no forecast and ends with status 2.
    """
    chosen = _choose(read_runs(table, column, step_column), name)
    forecast = forecast_run(chosen, target_step, until=until, method=method, settings=RunSettings(seed=seed))
    print_forecast(forecast, show_run, plot=plot, as_json=as_json)


def _choose(runs: tuple[TrainingRun, ...], name: str | None) -> TrainingRun:
    known = ", ".join(printable(each.name or "(no name)", 60) for each in runs[:20])
    if name is None:
        if len(runs) > 1:
            raise UsageFailure(f"the table holds {len(runs)} runs; choose one with --run: {known}")
        return runs[0]
    found = next((each for each in runs if each.name == name), None)
    if found is None:
        raise UsageFailure(f"unknown run {printable(name, 60)!r}; the table has {known}")
    return found
