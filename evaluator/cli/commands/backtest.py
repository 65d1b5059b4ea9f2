"""`passlaw backtest`: every model forecast from the smaller ones, and scored."""

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from evaluator.cli.errors import UsageFailure
from evaluator.cli.forecast_options import SEED, split_names
from evaluator.cli.forecast_output import emit, show_backtest
from evaluator.cli.options import PATH
from evaluator.cli.prediction_command import PredictionCommand
from evaluator.files.escaping import printable
from predictor import (
    Backtest,
    BacktestRow,
    ForecastError,
    LossSettings,
    Settings,
    backtest,
    backtest_losses,
    by_column,
    read_counts,
    read_losses,
)
from predictor.backtest.capability import DEFAULT_METHODS
from predictor.backtest.losses import LOSS_DEFAULTS

__all__ = ["command"]


@click.command(
    name="backtest",
    cls=PredictionCommand,
    short_help="Back-test forecasts on models whose results are known.",
)
@click.argument("counts", type=PATH)
@click.option(
    "--method", "methods", help="Methods, comma-separated.  [default: report,auto,last-value,log-linear]"
)
@click.option("--targets", help="Names, comma-separated.  [default: every model with enough smaller ones]")
@click.option(
    "--by",
    type=click.Choice(["tokens", "params"]),
    help="Split the table by this column and back-test each part.",
)
@click.option("--column", help="COUNTS is a loss table; the column to forecast.")
@click.option("--train-models", help="With --column: train only on these models, comma-separated.")
@SEED
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(
    counts: Path,
    *,
    methods: str | None,
    targets: str | None,
    by: str | None,
    column: str | None,
    train_models: str | None,
    seed: int,
    as_json: bool,
) -> None:
    """Back-test forecasts on COUNTS, rolling the origin: error, CRPS and coverage of each method."""
    names = split_names(methods)
    if column is None and train_models is not None:
        raise UsageFailure(
            "--train-models requires --column; pass counts are forecast from all smaller models"
        )
    if column is not None:
        result = backtest_losses(
            read_losses(counts, column),
            targets=split_names(targets),
            train_models=split_names(train_models),
            settings=LossSettings(seed=seed),
            methods=names or LOSS_DEFAULTS,
        )
    else:
        result = _capability(counts, by, split_names(targets), names or DEFAULT_METHODS, seed)
    if as_json:
        emit(result.to_json())
    else:
        show_backtest(result)


def _capability(
    path: Path, by: str | None, targets: list[str] | None, methods: Sequence[str], seed: int
) -> Backtest:
    table = read_counts(path)
    settings = Settings(seed=seed)
    if by is None:
        return backtest(table, targets=targets, settings=settings, announce=_announce, methods=methods)
    rows: list[BacktestRow] = []
    refusals: list[str] = []
    for name, ladder in by_column(table, by).items():
        try:
            rows.extend(
                backtest(ladder, targets=targets, settings=settings, announce=_announce, methods=methods).rows
            )
        except ForecastError as error:
            refusals.append(f"{by} {name}: {error}")
            click.echo(f"left out: {refusals[-1]}", file=sys.stderr)
    if not rows:
        raise ForecastError(refusals[0])
    return Backtest(tuple(rows))


def _announce(target: str) -> None:
    """Progress, for a person at a terminal alone."""
    if sys.stderr.isatty():
        click.echo(f"forecasting {printable(target, 80)}", err=True)
