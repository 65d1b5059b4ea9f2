"""What `passlaw forecast samples` prints for a person."""

from itertools import groupby, islice

import click

from evaluator.files.escaping import printable
from predictor import SamplesForecast

__all__ = ["show_samples"]


def show_samples(forecast: SamplesForecast) -> None:
    """Print each k, the samples for the coverage, the members, where to sample next, and the warnings."""
    fewest, most = forecast.samples
    each = f"{fewest:,}" if fewest == most else f"{fewest:,} to {most:,}"
    name = f"{printable(forecast.model, 60)}: " if forecast.model else ""
    click.echo(f"{name}{forecast.problems:,} problems, {each} samples of each, {forecast.solved:,} solved")
    click.echo(f"  {'':>14}{'forecast':>9}  {'50%':>16}  {'80%':>16}  {'95%':>16}  {'unbiased':>9}")
    for k, estimate in forecast.pass_at.items():
        spans = "".join(f"  {f'{low:.1%} to {high:.1%}':>16}" for low, high in estimate.intervals.values())
        known = f"{forecast.unbiased[k]:.1%}" if k in forecast.unbiased else "-"
        click.echo(f"  {f'pass@{k:,}':<14}{estimate.point:>9.1%}{spans}  {known:>9}")
    if forecast.need is not None:
        need = forecast.need
        low, high = need.intervals[80]
        click.echo(
            f"  {need.coverage:.4g} of the problems: {_samples(need.samples)} samples of each, "
            f"80% {_samples(low)} to {_samples(high)}; not within a million in {need.never:.0%} of the draws"
        )
    last = max(forecast.pass_at)
    parts = ", ".join(
        f"{member} {found.weight:.0%} ({found.pass_at[last]:.1%})"
        for member, found in forecast.members.items()
    )
    click.echo(f"  members, weight (own pass@{last:,}): {parts}")
    alike = groupby(
        forecast.next_samples, key=lambda more: (more.passes, more.samples, more.variance_removed)
    )
    for (passes, samples, removed), group in islice(alike, 5):
        names = [printable(more.task_id, 40) for more in group]
        shown = ", ".join(names[:4]) + (", ..." if len(names) > 4 else "")
        click.echo(
            f"  sample next: {samples:,} more of each of {len(names):,} with {passes:,} of {samples:,} "
            f"passed ({shown}): {removed:.1%} of the variance each"
        )
    for warned in forecast.warnings:
        click.echo(f"  note ({warned.code}): {printable(warned.message, 300)}")


def _samples(count: int | None) -> str:
    return "over 1,000,000" if count is None else f"{count:,}"
