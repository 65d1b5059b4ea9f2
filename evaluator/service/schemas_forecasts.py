"""Bodies of requests and responses for forecasts and the registry."""

from typing import Annotated, Final, Literal

from pydantic import BaseModel, Field, FiniteFloat, JsonValue, StringConstraints, model_validator

from evaluator.service.forecast_job import Kind
from evaluator.service.schemas import Name, Quantity, StrictModel, UtcDatetime
from predictor import ACCURACY_METHODS, LOSS_METHODS, METHOD_NAMES, RUN_METHODS

__all__ = [
    "ForecastDetails",
    "ForecastInput",
    "ForecastSummary",
    "OutcomeInput",
    "RegistryEntry",
    "TableFile",
    "TargetInput",
    "Verification",
]

_LONGEST_NAME: Final = 200  # bytes; a file system takes 255
_METHODS: Final[list[JsonValue]] = [*sorted({*METHOD_NAMES, *LOSS_METHODS, *ACCURACY_METHODS, *RUN_METHODS})]


class TargetInput(StrictModel):
    """What is forecast: a model of the store or table by name, or compute, or a later step."""

    model: Name | None = Field(None, description="for kinds run and samples: which of those in the table")
    flops: Quantity | None = None
    params: Quantity | None = None
    tokens: Quantity | None = None
    step: Quantity | None = Field(None, description="for kind run: the step to forecast")


class TableFile(StrictModel):
    """A table as the text of a file."""

    name: Annotated[str, StringConstraints(pattern=r"^[^/\\\x00-\x1f\x7f]{1,150}$")] = Field(
        description="read as JSON Lines if it ends in .jsonl or .ndjson, as CSV otherwise"
    )
    text: str

    @model_validator(mode="after")
    def _readable(self) -> "TableFile":
        name = self.name.lower()
        if name.endswith((".gz", ".parquet", ".xlsx", ".xls", ".zip")) or name in {".", ".."}:
            raise ValueError("give the text of a CSV or JSON Lines file, not a compressed or binary one")
        if len(self.name.encode()) > _LONGEST_NAME:
            raise ValueError(f"the file's name is longer than {_LONGEST_NAME} bytes; give it a shorter one")
        if not self.text.strip():
            raise ValueError("the file is empty; give a header and one row for each model, problem or step")
        if "\0" in self.text:
            raise ValueError("this is no text; give a CSV or JSON Lines file")
        return self


class ForecastInput(StrictModel):
    """A forecast to make, from stored runs, from the rows of a table, or from a table's file."""

    kind: Kind = "capability"
    target: TargetInput = TargetInput()
    runs: list[Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{21}$")]] | None = Field(
        None,
        max_length=500,
        description="finished runs; for kind capability with a model each, for samples one, for comparison "
        "two: A and B",
    )
    table: list[dict[str, JsonValue]] | None = Field(
        None, min_length=1, max_length=500_000,
        description="rows as `passlaw forecast` reads them; for kind capability with model, task_id, n, c, "
        "compute; loss and accuracy: model, compute, `column`; run: step, `column`; samples: task_id, n, c; "
        "comparison: model, task_id, n, c",
    )  # fmt: skip
    table_file: TableFile | None = None
    column: Name | None = Field(None, description="of the loss, the accuracy, or the run's score")
    method: str = Field("auto", json_schema_extra={"enum": _METHODS}, max_length=60)
    train_models: list[Name] | None = Field(None, max_length=1000)
    train_max_flops: Quantity | None = None
    k: list[Annotated[int, Field(ge=1, le=1_000_000)]] | None = Field(
        None, min_length=1, max_length=10, description="which pass@k; 1 and 10, of kind samples 1000"
    )
    split_samples: bool = False
    seed: int = Field(0, ge=0, le=2**63 - 1)
    chance: float = Field(0.0, ge=0, lt=1, description="for kind accuracy: that of guessing")
    ceiling: float | None = Field(None, gt=0, le=1, description="for kind accuracy: the best there is")
    questions: Quantity | None = Field(None, description="for kind accuracy: how many the benchmark has")
    task_loss: Name | None = Field(None, description="for kind accuracy: the column of the task's loss")
    until: Quantity | None = Field(None, description="for kind run: the last step that may be used")
    step_column: Name = "step"
    coverage: float | None = Field(
        None, gt=0, lt=1, description="for kind samples: also say how many samples this pass@k needs"
    )
    models: list[Name] | None = Field(
        None, min_length=2, max_length=2,
        description="for kind comparison: which two of the table are A and B; needed if it holds more",
    )  # fmt: skip
    up_to: int | None = Field(
        None,
        ge=2,
        le=1_000_000,
        description="for kind comparison: the largest k, above the samples of a problem",
    )

    @model_validator(mode="after")
    def _consistent(self) -> "ForecastInput":
        if (self.runs is not None) + (self.table is not None) + (self.table_file is not None) != 1:
            raise ValueError("give one of runs, table and table_file")
        if self.kind not in {"capability", "samples", "comparison"} and self.runs is not None:
            raise ValueError(f"a forecast of kind {self.kind} needs a table")
        if self.kind == "comparison" and self.up_to is None:
            raise ValueError("give up_to, the largest k, for a comparison")
        if (
            self.kind == "comparison"
            and self.runs is not None
            and not len(self.runs) == len(set(self.runs)) == 2
        ):
            raise ValueError("give two different runs to compare")
        if self.models is not None and self.models[0] == self.models[1]:
            raise ValueError("give two different models to compare")
        if self.kind in {"loss", "accuracy", "run"} and self.column is None:
            raise ValueError(f"a forecast of kind {self.kind} needs the name of its column")
        target = self.target
        sized = target.params is not None and target.tokens is not None
        if self.kind == "run" and target.step is None:
            raise ValueError("give the target's step")
        if self.kind in {"capability", "loss", "accuracy"} and not (target.model or target.flops or sized):
            raise ValueError("give a model, flops, or params and tokens")
        return self


class ForecastSummary(BaseModel):
    """A forecast that was made."""

    sha256: str = Field(description="of its record: its name, and what is registered")
    kind: Kind
    method: str
    target: str | None
    target_flops: float | None = Field(description="null of kinds run, samples and comparison")
    owner: str
    created: UtcDatetime
    registered: int | None = Field(description="the number of its entry in the registry")
    outcome: int | None = Field(description="the number of the entry that holds its outcome")


class ForecastDetails(ForecastSummary):
    """A forecast with all it says."""

    answer: dict[str, JsonValue] = Field(
        description="what `passlaw forecast --json` prints; of kind comparison what `passlaw compare --all-k "
        "--up-to K --json` prints as `beyond`, with the rest of it as `within_samples`"
    )


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
