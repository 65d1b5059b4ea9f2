"""Bodies of requests and responses for forecasts and the registry."""

from typing import Annotated, Final, Literal

from pydantic import BaseModel, Field, FiniteFloat, JsonValue, StringConstraints, model_validator

from evaluator.service.schemas import Name, Quantity, StrictModel, UtcDatetime
from predictor import LOSS_METHODS, METHOD_NAMES

__all__ = [
    "ForecastDetails",
    "ForecastInput",
    "ForecastSummary",
    "OutcomeInput",
    "RegistryEntry",
    "TargetInput",
    "Verification",
]

_METHODS: Final[list[JsonValue]] = [*sorted({*METHOD_NAMES, *LOSS_METHODS})]


class TargetInput(StrictModel):
    """What is forecast: a model of the store or table by name, or compute."""

    model: Name | None = None
    flops: Quantity | None = None
    params: Quantity | None = None
    tokens: Quantity | None = None

    @model_validator(mode="after")
    def _one(self) -> "TargetInput":
        sized = self.params is not None and self.tokens is not None
        if self.model is None and self.flops is None and not sized:
            raise ValueError("give a model, flops, or params and tokens")
        return self


class ForecastInput(StrictModel):
    """A forecast to make, from stored runs or from the rows of a table."""

    kind: Literal["capability", "loss"] = "capability"
    target: TargetInput
    runs: list[Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{21}$")]] | None = Field(
        None, max_length=500, description="finished runs with a model each; for kind capability"
    )
    table: list[dict[str, JsonValue]] | None = Field(
        None, min_length=1, max_length=500_000,
        description="rows with model, task_id, n, c and compute; for kind loss with model, compute, loss",
    )  # fmt: skip
    column: Name | None = Field(None, description="the loss column; for kind loss")
    method: str = Field("auto", json_schema_extra={"enum": _METHODS}, max_length=60)
    train_models: list[Name] | None = Field(None, max_length=1000)
    train_max_flops: Quantity | None = None
    k: list[Annotated[int, Field(ge=1, le=1_000_000)]] = Field([1, 10], min_length=1, max_length=10)
    split_samples: bool = False
    seed: int = Field(0, ge=0, le=2**63 - 1)

    @model_validator(mode="after")
    def _consistent(self) -> "ForecastInput":
        if (self.runs is None) == (self.table is None):
            raise ValueError("give either runs or table")
        if self.kind == "loss" and (self.table is None or self.column is None):
            raise ValueError("a forecast of a loss needs a table and its column")
        return self


class ForecastSummary(BaseModel):
    """A forecast that was made."""

    sha256: str = Field(description="of its record: its name, and what is registered")
    kind: Literal["capability", "loss"]
    method: str
    target: str | None
    target_flops: float
    owner: str
    created: UtcDatetime
    registered: int | None = Field(description="the number of its entry in the registry")
    outcome: int | None = Field(description="the number of the entry that holds its outcome")


class ForecastDetails(ForecastSummary):
    """A forecast with all it says."""

    answer: dict[str, JsonValue] = Field(description="what `passlaw forecast --json` prints")


class RegistryEntry(BaseModel):
    """An entry of the registry: a forecast or an outcome, sealed together with all before it."""

    number: int
    kind: Literal["forecast", "outcome"]
    time: str
    body: dict[str, JsonValue]
    previous: str = Field(description="seal of the entry before")
    seal: str


class OutcomeInput(StrictModel):
    """How a registered forecast came out: values by metric, or the finished run that measured it."""

    outcome: dict[Name, FiniteFloat] | None = Field(None, min_length=1, max_length=20)
    run: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{21}$")] | None = None

    @model_validator(mode="after")
    def _one(self) -> "OutcomeInput":
        if (self.outcome is None) == (self.run is None):
            raise ValueError("give either outcome or run")
        return self


class Verification(BaseModel):
    """Return whether the registry is what was written to it."""

    entries: int
    last_seal: str | None = Field(description="publish it, to make even the removal of the newest visible")
    problems: list[str]
