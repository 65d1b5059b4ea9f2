"""Subcommands of `passlaw forecast` for the registry: register a forecast, list, resolve and verify."""

import json
from pathlib import Path

import click

from evaluator.cli.errors import UsageFailure
from evaluator.cli.forecast_output import emit
from evaluator.cli.options import JSON, PATH
from evaluator.cli.prediction_command import PredictionCommand
from evaluator.cli.registry_options import log_options, named_log, register_place
from evaluator.files.escaping import printable
from predictor import FileLog, Registry
from predictor.forecasts.canonical import digest, record_of
from predictor.registry.registry import find
from predictor.registry.revisions import other_revision
from predictor.registry.tables import known_in_table, outcome_in_table

__all__ = ["list_", "register", "resolve", "verify"]


@click.command(cls=PredictionCommand)
@click.argument("forecast", type=PATH)
@click.option(
    "--table",
    type=PATH,
    help="A table of the forecast's kind; it must not hold a model of the target's name or compute.",
)
@log_options
@JSON
def register(
    forecast: Path, *, table: Path | None, log: Path | None, store: str | None, as_json: bool
) -> None:
    """Register FORECAST, what a forecasting command or compare --all-k --up-to printed with --json."""
    record = _read_record(forecast)
    known = known_in_table(record, table) if table else None
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
    if isinstance(found, list) and len(found) > 1:
        raise UsageFailure(f"{path}: {len(found)} forecasts; make one with --model, and register that")
    if isinstance(found, list) and found:
        found = found[0]  # 'forecast samples' prints a list
    if isinstance(found, dict) and isinstance(found.get("beyond"), dict):
        found = found["beyond"]  # 'compare --all-k --up-to' prints it within the comparison
    if isinstance(found, dict) and found.get("kind") == "all-k":
        raise UsageFailure(
            f"{path}: a comparison up to the samples predicts nothing; make it with --up-to beyond them"
        )
    if not isinstance(found, dict) or "record_sha256" not in found:
        raise UsageFailure(f"{path}: no 'record_sha256'; give what a forecast printed with --json")
    record = record_of(found)
    if digest(record) != found["record_sha256"]:
        raise UsageFailure(
            f"{path}: changed since it was made, its hash does not match; make the forecast again"
        )
    return record


@click.command(name="list", cls=PredictionCommand)
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
    compute = f"{target['flops']:.3g} FLOPs" if target.get("flops") else "a model"
    step = f", step {target['step']:g}" if "step" in target else ""
    other = other_revision(record)
    made = f" by {record['method']} revision {other.made_by} (now {other.present})" if other else ""
    return f"{record['kind']} of {target['name'] or compute}{step}{made}"


@click.command(cls=PredictionCommand)
@click.argument("reference")
@click.option(
    "--outcome",
    multiple=True,
    metavar="METRIC=VALUE",
    help="An observed value, such as neg_mean_log_pass=0.299 or loss=1.257; may be repeated.",
)
@click.option("--table", type=PATH, help="A table of the forecast's kind that holds the outcome.")
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
    """Attach the outcome to the forecast whose hash begins with REFERENCE, and score it.

    REFERENCE may be the forecast's file, too.
    """
    if Path(reference).is_file():
        reference = digest(_read_record(Path(reference)))
    registry = Registry(named_log(log, store))
    values = dict(_parse_outcome(text) for text in outcome)
    if table is not None:
        record = find(registry.entries(), reference).body["record"]
        assert isinstance(record, dict)
        values |= outcome_in_table(record, table)
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
            f"{level}%: {'inside' if hit else 'outside'}" for level, hit in score["inside"].items()
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


@click.command(cls=PredictionCommand)
@log_options
@JSON
@click.pass_context
def verify(ctx: click.Context, *, log: Path | None, store: str | None, as_json: bool) -> None:
    """Check that no entry of the registry was changed, removed or moved; exit status 1 if one was."""
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
