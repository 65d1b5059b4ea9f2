"""`passlaw forecast`: how a larger model will score, registered before it is known and scored after."""

import json
from pathlib import Path

import click

from evaluator.cli.errors import UsageFailure
from evaluator.cli.forecast_options import read_target, split_names, target_options, training_options
from evaluator.cli.forecast_output import emit, show_capability, show_loss
from evaluator.cli.options import NUMBERS, PATH, QUANTITY
from evaluator.cli.prediction_command import PredictionGroup
from evaluator.cli.registry_options import log_options, named_log, register_place
from evaluator.files.escaping import printable
from predictor import (
    LOSS_METHODS,
    METHOD_NAMES,
    FileLog,
    LossSettings,
    Registry,
    Settings,
    forecast_capability,
    forecast_loss,
    plan,
    read_counts,
    read_losses,
    resolve_target,
)
from predictor.forecasts.canonical import digest
from predictor.registry.outcomes import known_outcome, measured_outcome
from predictor.registry.registry import find

__all__ = ["command"]

JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON value.")
PLOT = click.option("--plot", type=PATH, help="Draw the forecast: .svg, .png or .pdf.")


@click.group(name="forecast", cls=PredictionGroup, short_help="Forecast a larger model from smaller ones.")
def command() -> None:
    """Forecast how a larger model will score, from the pass counts or losses of smaller ones."""


@command.command()
@click.argument("counts", type=PATH)
@target_options
@training_options
@click.option("--method", type=click.Choice(METHOD_NAMES), default="auto", show_default=True)
@click.option("--k", "ks", type=NUMBERS, default=(1, 10), help="The pass@k to forecast.  [default: 1,10]")
@click.option("--split-samples", is_flag=True, help="Choose P and the buckets on one half of the samples.")
@PLOT
@JSON
def capability(
    counts: Path,
    *,
    target_flops: float | None,
    target_params: float | None,
    target_tokens: float | None,
    target_model: str | None,
    train_models: str | None,
    train_max_flops: float | None,
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
        read_target(target_flops, target_params, target_tokens, target_model),
        method=method,
        train_models=split_names(train_models),
        train_max_flops=train_max_flops,
        settings=Settings(ks=ks, split_samples=split_samples, seed=seed),
    )
    if plot is not None:
        from predictor.plots.panels import capability_panels  # noqa: PLC0415
        from predictor.plots.render import small_multiples  # noqa: PLC0415 - drawing is an extra

        small_multiples(capability_panels(table, forecast), plot)
        click.echo(f"drawn: {plot}", err=True)
    if as_json:
        emit(forecast.to_json())
    else:
        show_capability(forecast)


@command.command()
@click.argument("losses", type=PATH)
@click.option("--column", required=True, help="The loss column.")
@target_options
@training_options
@click.option("--method", type=click.Choice(LOSS_METHODS), default="auto", show_default=True)
@click.option(
    "--irreducible",
    type=float,
    help="The loss of a perfect model, if known, such as generated data's entropy: kept, not fitted.",
)
@PLOT
@JSON
def loss(
    losses: Path,
    *,
    column: str,
    target_flops: float | None,
    target_params: float | None,
    target_tokens: float | None,
    target_model: str | None,
    train_models: str | None,
    train_max_flops: float | None,
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
        read_target(target_flops, target_params, target_tokens, target_model),
        method=method,
        train_models=split_names(train_models),
        train_max_flops=train_max_flops,
        irreducible=irreducible,
        settings=LossSettings(seed=seed),
    )
    if plot is not None:
        from predictor.plots.panels import loss_panel  # noqa: PLC0415
        from predictor.plots.render import draw  # noqa: PLC0415 - drawing is an extra

        draw(loss_panel(table, forecast), plot)
        click.echo(f"drawn: {plot}", err=True)
    if as_json:
        emit(forecast.to_json())
    else:
        show_loss(forecast)


@command.command(name="plan")
@click.argument("counts", type=PATH)
@target_options
@click.option(
    "--width",
    type=float,
    default=0.1,
    show_default=True,
    help="Half-width of the 80 % interval, in log(-mean log pass).",
)
@click.option(
    "--budget", type=QUANTITY, default=10_000.0, show_default=True, help="Samples that may be taken."
)
@JSON
def plan_(
    counts: Path,
    *,
    target_flops: float | None,
    target_params: float | None,
    target_tokens: float | None,
    target_model: str | None,
    width: float,
    budget: float,
    as_json: bool,
) -> None:
    """Say which samples or which further small model would narrow the forecast from COUNTS most."""
    table = read_counts(counts)
    target = resolve_target(
        table.models,
        table.compute,
        read_target(target_flops, target_params, target_tokens, target_model),
    )
    found = plan(table, target, width=width, budget=int(budget))
    if as_json:
        emit(found.to_json())
        return
    click.echo(f"80 % half-width now: {found.half_width:.3f} in log(-mean log pass)")
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


@command.command()
@click.argument("forecast", type=PATH)
@click.option("--table", type=PATH, help="A pass-count table that must not hold the target yet.")
@log_options
@JSON
def register(
    forecast: Path, *, table: Path | None, log: Path | None, store: str | None, as_json: bool
) -> None:
    """Register FORECAST, what 'forecast capability --json' or 'forecast loss --json' printed."""
    record = _read_record(forecast)
    target = record.get("target")
    name = target.get("name") if isinstance(target, dict) else None
    known = known_outcome(name, read_counts(table).models, str(table)) if table else None
    entry = Registry(named_log(log, store)).register(record, known)
    if as_json:
        emit(entry.to_json())
    else:
        place = register_place(log, store)
        sha = entry.body["record_sha256"]
        click.echo(f"registered {sha} as entry {entry.number} of {place}, seal {entry.seal}")


def _read_record(path: Path) -> dict[str, object]:
    """The record within a forecast's JSON, checked against the hash it was printed with."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageFailure(
            f"{path}: cannot be read ({error.strerror}); give the JSON of a forecast"
        ) from error
    except ValueError as error:
        raise UsageFailure(f"{path}: not JSON ({error}); give what a forecast printed with --json") from error
    if not isinstance(found, dict) or "record_sha256" not in found:
        raise UsageFailure(f"{path}: no 'record_sha256'; give what a forecast printed with --json")
    record = {key: value for key, value in found.items() if key not in {"problems", "record_sha256"}}
    if digest(record) != found["record_sha256"]:
        raise UsageFailure(
            f"{path}: changed since it was made, its hash does not match; make the forecast again"
        )
    return record


@command.command(name="list")
@log_options
@JSON
def list_(*, log: Path | None, store: str | None, as_json: bool) -> None:
    """List the registered forecasts and their outcomes."""
    entries = Registry(named_log(log, store)).entries()
    if as_json:
        emit([entry.to_json() for entry in entries])
        return
    place = register_place(log, store)
    if not entries:
        click.echo(f"No forecasts in {place} yet; register one with 'passlaw forecast register'.")
    for entry in entries:
        what = printable(str(_subject(entry.body)), 80)
        click.echo(
            f"{entry.number:>4}  {entry.time}  {entry.kind:8}  {str(entry.body['record_sha256'])[:12]}  "
            f"{what}"
        )


def _subject(body: object) -> object:
    assert isinstance(body, dict)
    if "outcome" in body:
        return ", ".join(f"{metric} {value:g}" for metric, value in body["outcome"].items())
    record = body["record"]
    target = record["target"]
    return f"{record['kind']} of {target['name'] or format(target['flops'], '.3g') + ' FLOPs'}"


@command.command()
@click.argument("reference")
@click.option(
    "--outcome", multiple=True, metavar="METRIC=VALUE", help="Such as neg_mean_log_pass=0.299 or loss=1.257."
)
@click.option(
    "--table", type=PATH, help="A pass-count table that holds the target; the outcome is measured from it."
)
@log_options
@JSON
def resolve(
    reference: str,
    *,
    outcome: tuple[str, ...],
    table: Path | None,
    log: Path | None,
    store: str | None,
    as_json: bool,
) -> None:
    """Attach the outcome to the forecast whose hash begins with REFERENCE, and score it."""
    registry = Registry(named_log(log, store))
    values = dict(_parse_outcome(text) for text in outcome)
    if table is not None:
        record = find(registry.entries(), reference).body["record"]
        assert isinstance(record, dict)
        values |= measured_outcome(record, read_counts(table))
    if not values:
        raise UsageFailure("no outcome; give --outcome METRIC=VALUE, or --table with the target's counts")
    entry = registry.resolve(reference, values)
    if as_json:
        emit(entry.to_json())
        return
    scores = entry.body["scores"]
    assert isinstance(scores, dict)
    for metric, score in scores.items():
        inside = ", ".join(
            f"{level} %: {'inside' if hit else 'outside'}" for level, hit in score["inside"].items()
        )
        click.echo(
            f"{metric}: forecast {score['point']:.4g}, outcome {score['outcome']:.4g}, CRPS "
            f"{score['crps']:.4g}; {inside}"
        )


def _parse_outcome(text: str) -> tuple[str, float]:
    metric, _, value = text.partition("=")
    try:
        return metric.strip(), float(value)
    except ValueError:
        raise UsageFailure(
            f"--outcome {text!r} is not METRIC=VALUE with a number; write neg_mean_log_pass=0.299"
        ) from None


@command.command()
@log_options
@JSON
@click.pass_context
def verify(ctx: click.Context, *, log: Path | None, store: str | None, as_json: bool) -> None:
    """Check that nothing in the register was changed, removed or moved. Status 1 if something was."""
    named = named_log(log, store)
    if isinstance(named, FileLog) and not named.path.exists():
        raise UsageFailure(f"{named.path}: no such register; give its file with --log")
    registry = Registry(named)
    problems = registry.verify()
    if as_json:
        emit(
            {
                "log": register_place(log, store),
                "entries": len(registry.log.lines()),
                "problems": [p._asdict() for p in problems],
            }
        )
    else:
        for problem in problems:
            click.echo(f"entry {problem.number}: {problem.message}")
        click.echo(f"{len(registry.log.lines())} entries, {len(problems)} broken")
    ctx.exit(1 if problems else 0)
