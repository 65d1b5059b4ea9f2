"""How a run scores: the user's choices, checked, and the sandbox's options that follow from them."""

from dataclasses import dataclass

from evaluator.errors import UsageError
from sandbox import JudgeMode, Limits, SandboxOptions

__all__ = ["ScoringSettings"]


@dataclass(frozen=True, slots=True)
class ScoringSettings:
    """The user's choices; see `evaluate`.

    Raises:
        UsageError: one is outside its range.
    """

    k: tuple[int, ...]
    workers: int | None  # None: one a CPU of each node
    timeout_s: float
    judge: JudgeMode
    backend: str
    isolation: str | None
    execution: str
    audit: float
    sanitize: bool
    dedupe: bool
    ignore_incomplete: bool
    base_only: bool
    strict: bool = False
    packages: str | None = None

    def __post_init__(self) -> None:
        if not self.k or min(self.k) < 1:
            raise UsageError(f"k: {list(self.k)} must be one or more whole numbers from 1, such as 1,10,100")
        if self.workers is not None and not 1 <= self.workers <= 4096:
            raise UsageError(f"workers: {self.workers} is not between 1 and 4096")
        if not 0.0 < self.timeout_s <= 86_400.0:
            raise UsageError(f"timeout: {self.timeout_s} is not a number of CPU seconds above 0")
        if not 0.0 <= self.audit <= 1.0:
            raise UsageError(f"audit: {self.audit} is not a share between 0 and 1, such as 0.01")

    def sandbox_options(self, execution: str | None = None, seed: int | None = None) -> SandboxOptions:
        """Return the options of the sandbox; `execution` in place of these settings' own, if given."""
        return SandboxOptions(
            limits=Limits(cpu_s=self.timeout_s),
            judge=self.judge,
            backend=self.backend,
            isolation=self.isolation,
            execution=execution or self.execution,
            audit=self.audit,
            seed=seed,
            packages=self.packages,
        )
