"""A result as a shell and a notebook show it: one line, or a small HTML table."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from evaluator.metrics.pass_at_k import PassAtK

__all__ = ["summary_html", "summary_line"]


class _Result(Protocol):
    """The fields of `EvaluationResult` that are shown."""

    @property
    def estimates(self) -> Sequence[PassAtK]: ...
    @property
    def base_estimates(self) -> Sequence[PassAtK]: ...
    @property
    def verdicts(self) -> Mapping[str, int]: ...
    @property
    def samples(self) -> int: ...
    @property
    def problems(self) -> int: ...
    @property
    def judge(self) -> str: ...
    @property
    def isolation(self) -> str: ...
    @property
    def complete(self) -> bool: ...


def summary_line(result: _Result) -> str:
    """Return pass@k with its intervals, how many samples and problems, and where they ran."""
    rates = ", ".join(f"pass@{each.k} {_percent(each)}" for each in result.estimates) or "no pass@k"
    missing = "" if result.complete else ", incomplete: the sandbox failed on some samples"
    return f"{rates}; {_size(result)}, {result.judge} judge, {result.isolation}{missing}"


def summary_html(result: _Result) -> str:
    """Return a table of pass@k and one line of verdicts."""
    from predictor.presentation import html_table  # noqa: PLC0415 - numpy, which scoring does not need

    rows = [(f"pass@{each.k}", f"{each.mean:.2%}", _range(each)) for each in result.estimates]
    rows += [
        (f"pass@{each.k}, base tests", f"{each.mean:.2%}", _range(each)) for each in result.base_estimates
    ]
    verdicts = ", ".join(f"{name.replace('_', ' ')} {count:,}" for name, count in result.verdicts.items())
    notes = [f"Verdicts: {verdicts}.", f"{result.judge.capitalize()} judge, isolation {result.isolation}."]
    if not result.complete:
        notes.append("Incomplete: the sandbox failed on some samples, see `unscored`.")
    return html_table(_size(result), ("", "rate", "95% interval"), rows, notes)


def _size(result: _Result) -> str:
    samples, problems = result.samples, result.problems
    return (
        f"{samples:,} sample{'' if samples == 1 else 's'} of "
        f"{problems:,} problem{'' if problems == 1 else 's'}"
    )


def _percent(rate: PassAtK) -> str:
    return f"{rate.mean:.2%} (95% interval {_range(rate)})"


def _range(rate: PassAtK) -> str:
    return f"{100 * rate.low:.1f}–{100 * rate.high:.1f}%"
