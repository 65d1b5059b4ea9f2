"""What executors have in common: an executor runs programs and yields their outcomes in the same order."""

import importlib.util
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Literal, Protocol, Self, get_args

from evaluator.errors import UsageError
from sandbox import (
    Audit,
    Description,
    Outcome,
    Program,
    SandboxError,
)

__all__ = ["ENGINES", "ClusterError", "EngineName", "Executor", "ExecutorConfig"]

EngineName = Literal["local", "ray"]
ENGINES: Final[tuple[EngineName, ...]] = get_args(EngineName)


class ClusterError(SandboxError):
    """No node is left, or the cluster failed. A stored run can be resumed once nodes are back."""


class Executor(Protocol):
    """Run programs and yield their outcomes; a `Sandbox` is an executor. Use it as a context manager."""

    @property
    def description(self) -> Description:
        """Describe the environment of the programs, for the record of a run."""

    @property
    def audit(self) -> Audit:
        """Return what was found by running programs of the shared process again."""

    @property
    def ahead(self) -> int:
        """Return how many outcomes are there and wait for an earlier one; any thread may ask."""

    def run(self, programs: Iterable[Program]) -> Iterator[Outcome]:
        """Yield each program's outcome, in the order of the programs, which are read lazily.

        Raises:
            DisagreementError: what the shared process said in this run does not count; see `Sandbox.run`.
            SandboxError: the machinery failed.
        """

    def run_dedicated(self, programs: Iterable[Program]) -> Iterator[Outcome]:
        """Do what `run` does for programs that are no part of the run, and leave no trace in `audit`.

        Raises what `run` does.
        """

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


@dataclass(frozen=True, slots=True)
class ExecutorConfig:
    """Configuration of an executor: where programs run.

    Attributes:
        engine: `local`, this machine, or `ray`, every node of a Ray cluster.
        workers: programs run at once, here or on each node; None for one a CPU.
        ray_address: the cluster's `HOST:PORT`, `auto` for the one this machine is a node of, `local` for
            one of this machine alone that ends with the run. None: $RAY_ADDRESS, or else `local`.
        among: runs that share each node's CPUs, where `workers` is None.
        tell: called with a sentence when a node is refused, lost or joins.
    """

    engine: EngineName = "local"
    workers: int | None = None
    ray_address: str | None = None
    among: int = 1
    tell: Callable[[str], None] = lambda _sentence: None

    def __post_init__(self) -> None:
        if self.engine not in ENGINES:
            raise UsageError(f"engine must be {' or '.join(ENGINES)}, not {self.engine!r}")
        if self.ray_address is not None and self.engine != "ray":
            raise UsageError("an address of Ray requires the engine 'ray'", option="engine")

    def check(self) -> None:
        """Check that the executor's package is installed.

        Raises:
            UsageError: it is not.
        """
        if self.engine == "ray" and importlib.util.find_spec("ray") is None:
            raise UsageError("the engine 'ray' needs Ray; install it with: pip install 'passlaw[ray]'")

    @property
    def workers_here(self) -> int:
        """Return how many programs run at once on this machine."""
        return self.workers or max(1, len(os.sched_getaffinity(0)) // self.among)
