"""`passlaw export`: a run's results in another format."""

from pathlib import Path

import click

from evaluator.cli.options import PATH
from evaluator.exports import ExportFormat, export
from evaluator.exports.every_eval_ever import RELATIONSHIPS, Relationship
from evaluator.files.escaping import printable

__all__ = ["command"]


@click.command(name="export", short_help="Write a run's results in another format.")
@click.argument("results", type=PATH)
@click.option(
    "--to",
    "form",
    type=click.Choice([each.value for each in ExportFormat]),
    required=True,
    help="csv, parquet: one row per sample; evalplus: *_eval_results.json; hub: an entry for .eval_results/; "
    "every-eval-ever: a record in its schema.",
)
@click.option("--problems", help="For evalplus: the problem set.  [default: taken from the run's record]")
@click.option(
    "--dataset", help="For hub and every-eval-ever: the data set's id, such as openai/openai_humaneval."
)
@click.option("--task", help="For hub: the task's id in the data set's eval.yaml.")
@click.option("--k", type=click.IntRange(1), default=1, show_default=True, help="For hub: which pass@k.")
@click.option("--organization", help="For every-eval-ever: who evaluated.")
@click.option(
    "--relationship",
    type=click.Choice(RELATIONSHIPS),
    help="For every-eval-ever: the evaluator's relationship to the model.",
)
@click.option("--output", type=PATH, help="Output file.  [default: beside RESULTS]")
def command(
    results: Path,
    *,
    form: str,
    problems: str | None,
    dataset: str | None,
    task: str | None,
    k: int,
    organization: str | None,
    relationship: Relationship | None,
    output: Path | None,
) -> None:
    """Write RESULTS, a *_results.jsonl that 'passlaw evaluate' wrote, in another format.

    The file for EvalPlus is written where EvalPlus's command looks for earlier results, so that the command
    reads them instead of scoring again.
    """
    path = export(
        results, form, problems=problems, dataset=dataset, task=task, k=k, organization=organization,
        relationship=relationship, output=output,
    )  # fmt: skip
    click.echo(printable(str(path), 4096))
