"""`passlaw compare --all-k` and `--power`: from two runs to what is printed."""

from collections.abc import Mapping
from pathlib import Path

import click
import numpy as np
from rich.console import Console
from rich.table import Table
from rich.text import Text

from evaluator.cli.errors import UsageFailure, flag
from evaluator.cli.forecast_output import emit
from evaluator.files.escaping import printable
from evaluator.metrics.pass_at_k import Count
from evaluator.scoring.pass_counts import ModelPassCounts
from predictor import PredictorError, SampleCounts
from predictor.comparison.all_k import CurveComparison, compare_curves
from predictor.comparison.beyond import DifferenceBeyond, forecast_difference
from predictor.comparison.order import Order
from predictor.comparison.pairs import PairedCounts, pair_counts
from predictor.comparison.power import ComparisonPower, compare_power

__all__ = ["print_curves", "print_power", "sample_counts"]

BEYOND_NOTE = "Beyond the samples: by mixing distributions of the pass rates (docs/passk.md), not unbiased."


def print_curves(
    runs: tuple[ModelPassCounts, ModelPassCounts],
    *,
    up_to: int | None,
    seed: int,
    plot: Path | None,
    as_json: bool,
) -> None:
    """Compare pass@k over all k, draw it if wanted, and print it.

    Raises:
        UsageFailure: the counts do not allow it, or the figure cannot be drawn.
    """
    try:
        pairs = _paired(runs)
        found = compare_curves(pairs, seed=seed)
        beyond = forecast_difference(pairs, up_to, seed=seed) if up_to and up_to > found.fewest else None
        if plot is not None:
            from predictor.plots.pass_at_k import draw_comparison  # noqa: PLC0415 - drawing is an extra

            draw_comparison(found, beyond, plot)
            click.echo(f"drawn: {plot}", err=True)
    except PredictorError as error:
        raise UsageFailure(error.spelled(flag)) from error
    if as_json:
        emit({**found.to_json(), "beyond": beyond.to_json() if beyond else None})
        return
    _show_curves(found)
    if beyond is not None:
        _show_beyond(beyond)
    for warned in (*found.warnings, *(beyond.warnings if beyond else ())):
        click.echo(f"note ({warned.code}): {printable(warned.message, 300)}")


def print_power(runs: tuple[ModelPassCounts, ModelPassCounts], k: int, *, as_json: bool) -> None:
    """Print what the comparison can show.

    Raises:
        UsageFailure: the counts do not allow it.
    """
    try:
        found = compare_power(_paired(runs), k)
    except PredictorError as error:
        raise UsageFailure(error.spelled(flag)) from error
    if as_json:
        emit(found.to_json())
    else:
        _show_power(found)


def sample_counts(name: str, counts: Mapping[str, Count]) -> SampleCounts:
    """Return a run's counts as the predictor takes them; problems without samples are left out."""
    kept = {task: count for task, count in counts.items() if count.n}
    return SampleCounts(
        name,
        tuple(kept),
        np.array([count.c for count in kept.values()], dtype=np.int64),
        np.array([count.n for count in kept.values()], dtype=np.int64),
    )


def _paired(runs: tuple[ModelPassCounts, ModelPassCounts]) -> PairedCounts:
    a, b = (sample_counts(run.model.name, run.counts) for run in runs)
    return pair_counts(a, b)


def _show_curves(found: CurveComparison) -> None:
    a, b = (printable(name, 60) for name in found.models)
    click.echo(
        f"A {a}, B {b}: {found.problems:,} problems in common, {found.fewest:,} samples of each or more"
    )
    table = _table("", "A", "B", "B - A, points", "95% band over all k")
    low, high = found.band.at(95)
    for k in (*(2**power for power in range(20) if 2**power < found.fewest), found.fewest):
        place = int(np.argmin(np.abs(np.array(found.ks) - k)))
        table.add_row(
            f"pass@{found.ks[place]:,}",
            f"{found.a[place]:.2%}",
            f"{found.b[place]:.2%}",
            f"{100 * found.difference[place]:+.2f}",
            f"{100 * low[place]:+.2f} to {100 * high[place]:+.2f}",
        )
    _print(table)
    for each in found.order.stretches:
        alone = each.first == each.last
        ks = f"at k = {each.first:,}" if alone else f"from k = {each.first:,} to {each.last:,}"
        click.echo(f"{each.ahead.upper()} is ahead {ks}.")
    for crossing in found.order.crossings:
        click.echo(
            f"The order turns at k = {crossing.k:,} (95% interval {crossing.low:,} to {crossing.high:,}); "
            f"{crossing.ahead_after.upper()} is ahead after it."
        )
    if found.order.order is Order.UNSETTLED:
        click.echo(f"Whether the order turns up to k = {found.fewest:,} cannot be said from these samples.")
    elif not found.order.crossings:
        click.echo(f"No crossing up to k = {found.fewest:,}.")


def _show_beyond(found: DifferenceBeyond) -> None:
    low, high = (end[-1] for end in found.band.at(95))
    click.echo(BEYOND_NOTE)
    click.echo(
        f"pass@{found.up_to:,}: B - A {100 * found.band.middle[-1]:+.2f} points, 95% band "
        f"{100 * low:+.2f} to {100 * high:+.2f}; B is ahead in {found.b_ahead:.0%} of the draws."
    )
    first, last = found.turn_intervals[80]
    beyond = f"beyond {found.up_to:,}"
    turn = f"k = {found.turn}" if found.turn else beyond
    click.echo(
        f"First turn of the order: {turn}, 80% interval {first or beyond} to {last or beyond}; "
        f"no turn up to {found.up_to:,} in {found.never:.0%} of the draws."
    )
    a, b, difference = (100 * each.point for each in found.here[:3])
    low, high = (100 * end for end in found.here.difference.intervals[80])
    click.echo(
        f"On these very problems: A {a:.2f}%, B {b:.2f}%, B - A {difference:+.2f} points, 80% interval "
        f"{low:+.2f} to {high:+.2f}; B is ahead in {found.here.b_ahead:.0%} of the draws."
    )


def _show_power(found: ComparisonPower) -> None:
    a, b = (printable(name, 60) for name in found.models)
    fewest, most = found.samples
    each = f"{fewest:,}" if fewest == most else f"{fewest:,} to {most:,}"
    click.echo(f"A {a}, B {b}: pass@{found.k}, {found.problems:,} problems, {each} samples of each")
    share, low, high = found.sample_share
    click.echo(
        f"Noise: {share:.0%} of the variance is due to samples (95% interval {low:.0%} to {high:.0%}), "
        f"{1 - share:.0%} to problems."
    )
    value, low, high = (100 * number for number in found.detectable)
    click.echo(
        f"Smallest difference found with 80% power at 5%, two-sided: {value:.2f} points "
        f"(95% interval {low:.2f} to {high:.2f}); on these very problems {100 * found.detectable_here:.2f}. "
        f"B - A is {100 * found.difference:+.2f} now."
    )
    sizes = dict.fromkeys(cell.problems for cell in found.table)
    table = _table("samples of each", *(f"{size:,} problems" for size in sizes))
    for taken in dict.fromkeys(cell.samples for cell in found.table):
        row = [f"{100 * cell.difference:.2f}" for cell in found.table if cell.samples == taken]
        table.add_row("without end" if taken is None else f"{taken:,}", *row)
    _print(table)


def _table(*titles: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), header_style="dim")
    for number, title in enumerate(titles):
        table.add_column(Text(title), justify="right" if number else "left", no_wrap=True)
    return table


def _print(table: Table) -> None:
    Console(highlight=False, soft_wrap=True, width=160).print(table)
