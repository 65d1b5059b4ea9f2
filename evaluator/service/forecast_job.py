"""A forecast as a question of plain values, so that another process can answer it."""

from dataclasses import dataclass
from math import nan
from typing import Any, Literal

__all__ = ["Question", "answer", "measure"]


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be forecast from what; the fields are those of `predictor.forecast_capability` and its like.

    Attributes:
        rows: of a pass-count or loss table.
        target_name: a model of the table, or the name of one that is not in it.
        flops: the target's compute; with a name that the table holds, the table's figure is taken.
    """

    kind: Literal["capability", "loss"]
    rows: list[dict[str, Any]]
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


def answer(question: Question) -> dict[str, Any]:
    """Make a forecast; return it as `passlaw forecast --json` prints it.

    Raises:
        PredictorError: the table is bad, or cannot carry the forecast.
    """
    from predictor import (  # noqa: PLC0415 - scipy takes a second, and most processes never forecast
        ForecastError,
        Losses,
        LossSettings,
        PassCounts,
        Settings,
        Target,
        forecast_capability,
        forecast_loss,
    )

    def target(models: tuple[str, ...]) -> Target | str:
        if question.target_name is not None and question.target_name in models:
            return question.target_name
        params, tokens = question.params or nan, question.tokens or nan
        if question.flops is not None:
            return Target(question.flops, question.target_name, params, tokens)
        if question.params is None or question.tokens is None:
            raise ForecastError(f"the compute of {question.target_name} is not known; give its flops")
        return Target(6.0 * params * tokens, question.target_name, params, tokens, derived=True)

    train = {"train_models": question.train_models, "train_max_flops": question.train_max_flops}
    if question.kind == "loss":
        losses = Losses.from_records(question.rows, question.column or "", "table")
        chosen = LossSettings(seed=question.seed)
        found: dict[str, Any] = forecast_loss(
            losses,
            target(losses.models),
            method=question.method,
            settings=chosen,
            **train,  # type: ignore[arg-type]
        ).to_json()
        return found
    counts = PassCounts.from_records(question.rows, "table")
    settings = Settings(ks=question.ks, split_samples=question.split_samples, seed=question.seed)
    return forecast_capability(
        counts,
        target(counts.models),
        method=question.method,
        settings=settings,
        **train,  # type: ignore[arg-type]
    ).to_json()


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
