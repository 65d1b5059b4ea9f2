"""The table that `passlaw evaluate` prints: pass@k, what became of the samples, and where it all lies."""

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from evaluator.files.escaping import printable
from evaluator.files.wording import counted
from evaluator.metrics.pass_at_k import PassAtK
from evaluator.model_card import Model
from evaluator.scoring.result import EvaluationResult

__all__ = ["print_report"]


def print_report(
    result: EvaluationResult,
    problems: str,
    model: Model | None,
    without_errata: Mapping[str, float] | None = None,
) -> None:
    """Print a run's result on stdout for a person; `without_errata`: its rates without flagged problems."""
    console = Console(highlight=False, soft_wrap=True)
    console.print(_heading(result, problems, model))
    console.print(_rates(result))
    console.print(_verdicts(result))
    for note in _notes(result):
        console.print(Text(note, style="yellow"))
    if without_errata is not None:
        rates = ", ".join(f"{name} {rate:.2%}" for name, rate in without_errata.items()) or "nothing"
        console.print(f"without the problems with errata: {rates}")
    console.print(_places(result))


def _heading(result: EvaluationResult, problems: str, model: Model | None) -> Text:
    name = f"{printable(model.name, 80)} on " if model else ""
    size = f"{counted(result.samples, 'sample')} of {counted(result.problems, 'problem')}"
    line = f"{name}{printable(problems, 80)}: {size}"
    alone = result.execution_counts.get("dedicated", 0)
    mixed = alone and "shared" in result.execution_counts
    apart = f"{counted(alone, 'program')} in separate processes, " if mixed else ""
    judge = f"{result.judge} judge{_packages(result)}"
    how = f"{judge}, {printable(result.isolation, 80)}, {apart}{_rate(result)}"
    checked = f"\n{result.problem_check.summary()}" if result.problem_check else ""
    return Text.assemble("\n", (line, "bold"), f"\n{how}{checked}")


def _packages(result: EvaluationResult) -> str:
    about = result.sandbox.get("packages")
    if not about:
        return ""
    count = len(about["packages"])
    return f", packages {printable(about['name'], 80)} ({counted(count, 'package')})"


def _rate(result: EvaluationResult) -> str:
    per_second = result.samples / result.seconds if result.seconds else 0.0
    reused = f", {counted(result.reused, 'duplicate')} reused a result" if result.reused else ""
    return f"{result.seconds:,.1f} s ({per_second:,.0f} samples/s{reused})"


def _rates(result: EvaluationResult) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), header_style="dim")
    for title in ("", "rate", "95% interval"):
        table.add_column(title, justify="left" if not title else "right")
    has_base = bool(result.base_estimates)
    _add_rates(table, result.estimates, ", all tests" if has_base else "")
    _add_rates(table, result.base_estimates, ", base tests")
    return table


def _add_rates(table: Table, estimates: Sequence[PassAtK], suffix: str) -> None:
    for one in estimates:
        interval = f"{one.low:.1%} to {one.high:.1%}"
        table.add_row(
            Text(f"pass@{one.k}{suffix}", style="bold"), Text(f"{one.mean:.2%}", style="bold"), interval
        )


def _verdicts(result: EvaluationResult) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), header_style="dim")
    table.add_column("verdict")
    table.add_column("samples", justify="right")
    table.add_column("share", justify="right")
    for verdict, count in result.verdicts.items():
        style = {"passed": "green", "sandbox_error": "red"}.get(verdict, "")
        words = verdict.replace("_", " ")
        table.add_row(Text(words, style=style), f"{count:,}", f"{count / result.samples:.1%}")
    return table


def _notes(result: EvaluationResult) -> list[str]:
    notes = []
    if result.problem_check and result.problem_check.left_out:
        left = f"{counted(len(result.problem_check.left_out), 'problem')} left out of the score"
        notes.append(f"{left}: {printable(result.problem_check.complaint(), 2000)}")
    if result.all_estimates:
        rates = ", ".join(f"pass@{one.k} {one.mean:.2%}" for one in result.all_estimates)
        notes.append(f"with those whose own solution fails, over all problems: {rates}")
    for k, names in result.short.items():
        others = len(names) - 1
        more = f" and {counted(others, 'more problem')} have" if others else " has"
        notes.append(
            f"pass@{k} is not reported: {printable(names[0], 40)}{more} fewer than {k} scored samples."
        )
    if result.missing:
        named = printable(", ".join(result.missing[:5]), 200)
        more = " ..." if len(result.missing) > 5 else ""
        skipped = f"{counted(len(result.missing), 'problem')} {'was' if len(result.missing) == 1 else 'were'}"
        notes.append(f"{skipped} skipped (no samples): {named}{more}")
    notes.extend(f"not scored: {printable(line)}" for line in result.unscored[:5])
    return notes


def _places(result: EvaluationResult) -> Text:
    results = f"results: {printable(result.results, 4096)}" if result.results else ""
    run = f"run: {printable(result.run, 80)}" if result.run else ""
    return Text("\n".join(line for line in (results, run) if line), style="dim")
