"""A forecast as a question of plain values, so that another process can answer it."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from math import nan
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    from predictor import SampleCounts, Target, TrainingRun

__all__ = ["FieldError", "Kind", "Made", "Question", "answer", "measure"]

Kind = Literal["capability", "loss", "accuracy", "run", "samples", "comparison"]


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be forecast from what; the fields are those of `predictor.forecast_capability` and its like.

    Attributes:
        rows: of the table; empty where a file is given.
        file: the name and the text of a table file: CSV, or JSON Lines where its name says so.
        column: of the loss, the accuracy or the score.
        target_name: a model of the table, or the name of one that is not in it; of a training run and of
            samples, which of those in the table is meant.
        flops: the target's compute; with a name that the table holds, the table's figure is taken.
        step: of a training run, the step that is forecast.
        models: of a comparison, which two of the table are A and B; None where it holds two.
        up_to: of a comparison, the largest k.
    """

    kind: Kind
    rows: list[dict[str, Any]]
    file: tuple[str, str] | None = None
    column: str | None = None
    target_name: str | None = None
    flops: float | None = None
    params: float | None = None
    tokens: float | None = None
    method: str = "auto"
    train_models: list[str] | None = None
    train_max_flops: float | None = None
    ks: tuple[int, ...] = (1, 10)
    split_samples: bool = False
    seed: int = 0
    chance: float = 0.0
    ceiling: float | None = None
    questions: float | None = None
    task_loss: str | None = None
    step: float | None = None
    until: float | None = None
    step_column: str = "step"
    coverage: float | None = None
    models: list[str] | None = None
    up_to: int | None = None


class Made(NamedTuple):
    """A forecast as `passlaw forecast --json` prints it, the rows it was made from, and its figures.

    The figures are None where they take longer than the forecast: see `forecast_figures.figures_of`.
    """

    answer: dict[str, Any]
    rows: list[dict[str, Any]]
    figures: list[dict[str, Any]] | None = None


class FieldError(Exception):
    """One field of the question is wrong: its name, and a sentence for a person."""

    @property
    def field(self) -> str:
        """The field's name."""
        return str(self.args[0])

    @property
    def sentence(self) -> str:
        """What is wrong and what to write instead."""
        return str(self.args[1])


def answer(question: Question) -> Made:
    """Make a forecast.

    Raises:
        PredictorError: the table is bad, or cannot carry the forecast.
        FieldError: a field names what the table does not have.
    """
    source, rows = _read(question)
    _check_columns(question, rows)
    kinds = {
        "capability": _capability, "loss": _loss, "accuracy": _accuracy, "run": _run, "samples": _samples,
        "comparison": _comparison,
    }  # fmt: skip
    return kinds[question.kind](question, rows, source)


def _read(question: Question) -> tuple[str, list[dict[str, Any]]]:
    """Return what to call the table in messages, and its rows."""
    if question.file is None:
        return "table", question.rows
    from predictor.tables.rows import read_rows  # noqa: PLC0415 - numpy and scipy take a second, see below

    name, text = question.file
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_text(text, encoding="utf-8", newline="")
        return name, [dict(row.cells) for row in read_rows(path)]


def _check_columns(question: Question, rows: Sequence[dict[str, Any]]) -> None:
    wanted = {"column": question.column, "task_loss": question.task_loss}
    if question.kind == "run":
        wanted["step_column"] = question.step_column
    for field, column in wanted.items():
        if column is not None and not any(column in row for row in rows):
            known = ", ".join(list(rows[0])[:30])
            raise FieldError(field, f"The table has no column {column!r:.80}; it has {known:.400}.")


def _target(question: Question, models: Sequence[str]) -> "Target | str":
    # scipy takes a second to load, and most processes of the service never forecast.
    from predictor import ForecastError, Target  # noqa: PLC0415

    if question.target_name is not None and question.target_name in models:
        return question.target_name
    params, tokens = question.params or nan, question.tokens or nan
    if question.flops is not None:
        return Target(question.flops, question.target_name, params, tokens)
    if question.params is None or question.tokens is None:
        raise ForecastError(f"the compute of {question.target_name} is not known; give its flops")
    return Target(6.0 * params * tokens, question.target_name, params, tokens, derived=True)


def _capability(question: Question, rows: list[dict[str, Any]], source: str) -> Made:
    from predictor import PassCounts, Settings, forecast_capability  # noqa: PLC0415

    counts = PassCounts.from_records(rows, source)
    settings = Settings(ks=question.ks, split_samples=question.split_samples, seed=question.seed)
    forecast = forecast_capability(
        counts, _target(question, counts.models), method=question.method, settings=settings,
        train_models=question.train_models, train_max_flops=question.train_max_flops,
    )  # fmt: skip
    return Made(forecast.to_json(), rows)


def _loss(question: Question, rows: list[dict[str, Any]], source: str) -> Made:
    from predictor import Losses, LossSettings, forecast_loss  # noqa: PLC0415

    losses = Losses.from_records(rows, question.column or "", source)
    forecast = forecast_loss(
        losses, _target(question, losses.models), method=question.method,
        settings=LossSettings(seed=question.seed), train_models=question.train_models,
        train_max_flops=question.train_max_flops,
    )  # fmt: skip
    return Made(forecast.to_json(), rows)


def _accuracy(question: Question, rows: list[dict[str, Any]], source: str) -> Made:
    from evaluator.service.forecast_figures import accuracy_figures  # noqa: PLC0415
    from predictor import Accuracies, AccuracySettings, forecast_accuracy  # noqa: PLC0415

    table = Accuracies.from_records(rows, question.column or "", question.task_loss, source)
    forecast = forecast_accuracy(
        table, _target(question, table.models), chance=question.chance, ceiling=question.ceiling,
        questions=question.questions, method=question.method, train_models=question.train_models,
        train_max_flops=question.train_max_flops, settings=AccuracySettings(seed=question.seed),
    )  # fmt: skip
    return Made(forecast.to_json(), rows, accuracy_figures(table, forecast))


def _run(question: Question, rows: list[dict[str, Any]], source: str) -> Made:
    from evaluator.service.forecast_figures import run_figures  # noqa: PLC0415
    from predictor import RunSettings, forecast_run  # noqa: PLC0415
    from predictor.tables.training_run import runs_from  # noqa: PLC0415

    runs = runs_from(rows, question.column or "", question.step_column, source)
    run: TrainingRun = _chosen({each.name: each for each in runs}, question.target_name, "run")
    assert question.step is not None, "the request was checked"
    forecast = forecast_run(
        run, question.step, until=question.until, method=question.method,
        settings=RunSettings(seed=question.seed),
    )  # fmt: skip
    return Made(forecast.to_json(), rows, run_figures(run, forecast))


def _samples(question: Question, rows: list[dict[str, Any]], source: str) -> Made:
    from evaluator.service.forecast_figures import samples_figures  # noqa: PLC0415
    from predictor import forecast_samples  # noqa: PLC0415
    from predictor.tables.sample_counts import sample_counts_from  # noqa: PLC0415

    tables = sample_counts_from(rows, source)
    counts: SampleCounts = _chosen({each.model: each for each in tables}, question.target_name, "model")
    forecast = forecast_samples(counts, question.ks, coverage=question.coverage, seed=question.seed)
    return Made(forecast.to_json(), rows, samples_figures(forecast))


def _comparison(question: Question, rows: list[dict[str, Any]], source: str) -> Made:
    from evaluator.service.comparison_figures import comparison_figures  # noqa: PLC0415
    from predictor import compare_curves, forecast_difference, pair_counts  # noqa: PLC0415
    from predictor.tables.sample_counts import sample_counts_from  # noqa: PLC0415

    tables = {each.model: each for each in sample_counts_from(rows, source)}
    if question.models is None and len(tables) != 2:
        raise FieldError(
            "models",
            f"The table holds {len(tables)} model{'' if len(tables) == 1 else 's'}: {_known(tables)}. "
            + ("Give the names of two." if len(tables) > 2 else "A comparison needs two."),
        )
    a, b = (_chosen(tables, name, "model", "models") for name in question.models or tables)
    pairs = pair_counts(a, b)
    found = compare_curves(pairs, seed=question.seed)
    assert question.up_to is not None, "the request was checked"
    if question.up_to <= found.fewest:
        raise FieldError(
            "up_to",
            f"Every problem has {found.fewest:,} samples or more of both models, so pass@k is known up to "
            f"k = {found.fewest:,}; give a larger k.",
        )
    forecast = forecast_difference(pairs, question.up_to, seed=question.seed)
    answer = {**forecast.to_json(), "within_samples": found.to_json()}
    return Made(answer, rows, comparison_figures(found, forecast))


def _known(found: dict[str, Any]) -> str:
    return f"{', '.join(each or '(no name)' for each in list(found)[:20]):.400}"


def _chosen(found: dict[str, Any], name: str | None, what: str, field: str = "target.model") -> Any:  # noqa: ANN401 - of either table
    """Return the one series of a table, or the one of that name."""
    if name is None and len(found) > 1:
        raise FieldError(
            field, f"The table holds {len(found)} {what}s: {_known(found)}. Give the name of one."
        )
    if name is not None and name not in found:
        raise FieldError(field, f"The table has no {what} {name!r:.80}; it has {_known(found)}.")
    return next(iter(found.values())) if name is None else found[name]


def measure(record: dict[str, Any], rows: list[dict[str, Any]]) -> dict[str, float]:
    """Return what the rows of a pass-count table say of a registered forecast's target.

    Rows of a model whose compute nobody has told get the target's: a table needs one, the outcome does not.

    Raises:
        PredictorError: they do not hold it.
    """
    from predictor import PassCounts  # noqa: PLC0415 - as above
    from predictor.registry.outcomes import measured_outcome  # noqa: PLC0415

    told = [
        row
        if "flops" in row or {"params", "tokens"} <= row.keys()
        else row | {"flops": record["target"]["flops"]}
        for row in rows
    ]
    return measured_outcome(record, PassCounts.from_records(told, "run"))
