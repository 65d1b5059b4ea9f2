"""`passlaw forecast samples`: pass@k beyond the samples that were taken."""

from pathlib import Path

import click

from evaluator.cli.errors import UsageFailure, flag
from evaluator.cli.forecast_options import SEED
from evaluator.cli.forecast_output import emit
from evaluator.cli.options import JSON, NUMBERS, PATH
from evaluator.cli.prediction_command import PredictionCommand
from evaluator.cli.samples_output import show_samples
from evaluator.files.escaping import printable
from predictor import ForecastError, forecast_samples, read_sample_counts

__all__ = ["samples"]


@click.command(cls=PredictionCommand)
@click.argument("counts", type=PATH)
@click.option("--k", "ks", type=NUMBERS, default=(1000,), help="The pass@k to forecast.  [default: 1000]")
@click.option(
    "--coverage", type=float, help="Also find how many samples per problem solve this share of the problems."
)
@click.option("--model", help="Only this model of COUNTS.  [default: each]")
@SEED
@click.option("--plot", type=PATH, help="Draw pass@k over k: .svg, .png or .pdf.")
@JSON
def samples(
    counts: Path,
    *,
    ks: tuple[int, ...],
    coverage: float | None,
    model: str | None,
    seed: int,
    plot: Path | None,
    as_json: bool,
) -> None:
    """Forecast pass@k beyond the samples, from COUNTS, a table with columns task_id, n, c (and model)."""
    tables = read_sample_counts(counts)
    if model is not None:
        known = ", ".join(printable(table.model or "(no name)", 60) for table in tables)
        tables = tuple(table for table in tables if table.model == model)
        if not tables:
            raise UsageFailure(f"unknown model {printable(model, 60)!r}; the table has {known}")
    found, refused = [], []
    for table in tables:
        try:
            found.append(forecast_samples(table, ks, coverage=coverage, seed=seed))
        except ForecastError as error:
            refused.append(error)
            if len(tables) > 1:
                click.echo(f"left out: {printable(error.spelled(flag), 300)}", err=True)
    if not found:
        raise refused[0]
    if plot is not None:
        from predictor.plots.pass_at_k import draw_samples  # noqa: PLC0415 - drawing is an extra

        draw_samples(found, plot)
        click.echo(f"drawn: {plot}", err=True)
    if as_json:
        emit([forecast.to_json() for forecast in found])
        return
    for forecast in found:
        show_samples(forecast)
