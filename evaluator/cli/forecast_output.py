"""Tables that the forecasting commands print."""

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol, TypeVar

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from evaluator.files.escaping import printable
from predictor import (
    Backtest,
    CapabilityForecast,
    Estimate,
    ForecastWarning,
    LossForecast,
    Target,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["emit", "print_forecast", "show_backtest", "show_capability", "show_loss"]

LABELS = {
    "neg_mean_log_pass": "-mean log pass (nats)",
    "geometric_mean_pass": "geometric mean pass",
    "neg_mean_log_pass_measured": "the same, as measured (nats)",
    "geometric_mean_pass_measured": "geometric mean, as measured",
}


class _Printable(Protocol):
    def plot(self) -> "Figure": ...
    def to_json(self) -> dict[str, object]: ...


_Forecast = TypeVar("_Forecast", bound=_Printable)


def emit(value: Mapping[str, object] | Sequence[object]) -> None:
    """Print a value as JSON on stdout."""
    json.dump(value, sys.stdout, ensure_ascii=False, allow_nan=False)
    click.echo()


def print_forecast(
    forecast: _Forecast, show: Callable[[_Forecast], None], *, plot: Path | None, as_json: bool
) -> None:
    """Draw a forecast to a file if one is wanted, and print it: as JSON, or by `show`.

    Raises:
        PredictorError: the figure cannot be drawn.
    """
    if plot is not None:
        from predictor.plots.canvas import save  # noqa: PLC0415 - an extra

        save(forecast.plot(), plot)
        click.echo(f"drawn: {plot}", err=True)
    if as_json:
        emit(forecast.to_json())
    else:
        show(forecast)


def show_capability(forecast: CapabilityForecast) -> None:
    """Print the overall figures, the buckets, what the uncertainty consists of, and the warnings."""
    console = _console()
    console.print(_heading(forecast.target, forecast.method, forecast.train_models))
    table = _table("", "forecast", "50%", "80%", "95%")
    for metric, estimate in forecast.overall.items():
        table.add_row(
            Text(LABELS.get(metric, metric), style="bold"),
            *_cells(estimate, percent="nats" not in LABELS.get(metric, "")),
        )
    console.print(table)
    buckets = _table("bucket", "problems", "alpha", "k", "geometric mean pass", "80%")
    for bucket in forecast.buckets:
        estimate = bucket.estimates["geometric_mean_pass"]
        point, _, eighty, _ = _cells(estimate, percent=True)
        law = [
            f"{value:.4f}" if isinstance(value := bucket.law[name], float) else "-" for name in ("alpha", "k")
        ]
        buckets.add_row(bucket.name, str(len(bucket.problems)), *law, point, eighty)
    console.print(buckets)
    if forecast.excluded:
        console.print(
            Text(f"excluded: {len(forecast.excluded)} problems; see 'excluded' in --json", style="dim")
        )
    levels = ", ".join(f"{name} {value:.3f}" for name, value in forecast.levels.items())
    console.print(Text(f"standard deviation of log(-mean log pass) by source: {levels}", style="dim"))
    _notes(console, forecast.warnings, str(forecast.to_json()["record_sha256"]))


def show_loss(forecast: LossForecast) -> None:
    """Print the loss, its intervals, and what each objective gives."""
    console = _console()
    console.print(_heading(forecast.target, forecast.method, forecast.train_models))
    table = _table("", "forecast", "50%", "80%", "95%")
    table.add_row(Text(printable(forecast.column, 60), style="bold"), *_cells(forecast.loss, percent=False))
    console.print(table)
    objectives = _table("law and objective", "forecast")
    for name, value in forecast.objectives.items():
        objectives.add_row(name, f"{value:.4f}")
    console.print(objectives)
    _notes(console, forecast.warnings, str(forecast.to_json()["record_sha256"]))


def show_backtest(result: Backtest) -> None:
    """Print a row for each target, then the summary."""
    console = _console()
    table = _table("target", "method", "set", "error", "CRPS", "CRPS of log", "in 50", "80", "95")
    for row in result.rows:
        name = Text(printable(row.target, 40))
        if row.refused:
            table.add_row(name, row.method, row.problem_set, Text("no forecast", style="yellow"), *["-"] * 5)
            continue
        inside = ["yes" if row.inside[level] else "no" for level in (50, 80, 95)]
        numbers = (f"{row.error:+.2%}", f"{row.crps:.4f}", f"{row.crps_log:.4f}")
        table.add_row(name, row.method, row.problem_set, *numbers, *inside)
    console.print(table)
    summary = _table("set", "method", "targets", "mean |error|", "CRPS", "CRPS of log", "in 50", "80", "95")
    for problem_set, methods in result.summary().items():
        for method, found in methods.items():
            if "crps" not in found:
                summary.add_row(problem_set, method, "0", *["-"] * 6)
                continue
            cover = [f"{found[f'coverage_{level}']:.0%}" for level in (50, 80, 95)]
            numbers = (f"{found['mean_abs_error']:.2%}", f"{found['crps']:.4f}", f"{found['crps_log']:.4f}")
            summary.add_row(problem_set, method, f"{found['targets']:.0f}", *numbers, *cover)
    console.print(summary)


def _console() -> Console:
    """stdout, as wide as the widest table where it is no terminal."""
    return Console(highlight=False, soft_wrap=True, width=None if sys.stdout.isatty() else 160)


def _heading(target: Target, method: str, train: tuple[str, ...]) -> Text:
    name = printable(target.name, 80) if target.name else "a model"
    return Text.assemble(
        (f"\n{name}, {target.flops:.3g} FLOPs", "bold"),
        f": {method} from {len(train)} models up to {printable(train[-1], 80)}",
    )


def _table(*titles: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), header_style="dim")
    for number, title in enumerate(titles):
        side: Literal["left", "right"] = "left" if number == 0 or title in {"method", "set"} else "right"
        table.add_column(title, justify=side, no_wrap=True)
    return table


def _cells(estimate: Estimate, *, percent: bool) -> list[str]:
    def write(value: float) -> str:
        return f"{value:.1%}" if percent else f"{value:.4g}"

    return [
        write(estimate.point),
        *(f"{write(low)} to {write(high)}" for low, high in estimate.intervals.values()),
    ]


def _notes(console: Console, warnings: tuple[ForecastWarning, ...], sha: str) -> None:
    for warned in warnings:
        console.print(Text(f"note ({warned.code}): {printable(warned.message, 1000)}", style="yellow"))
    console.print(Text(f"record {sha}", style="dim"))
