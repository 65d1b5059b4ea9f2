"""What `passlaw selftest` does: score programs whose verdicts are known: right, wrong and hostile ones."""

import os
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from evaluator.problems import load_problems
from sandbox import Limits, Outcome, Program, Sandbox, SandboxOptions, Verdict, open_sandbox
from sandbox.selftest.attacks import HONEST, load_attacks

__all__ = ["Finding", "SelfTest", "run_selftest"]

_STUB: Final = "    return None\n"
_LIMITS: Final = Limits(cpu_s=1.0, memory_bytes=1 << 30)
_NAMED: Final = 5
_PROMISES: Final = {"forge": "wrong programs that cheat do not pass", "reach": "nothing outside is touched"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One promise, and whether it was kept.

    Attributes:
        name: what was promised.
        kept: how many programs bore it out.
        of: how many programs there were.
        broken: the first few that did not, each with what happened.
    """

    name: str
    kept: int
    of: int
    broken: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Return whether every program bore it out."""
        return self.kept == self.of


@dataclass(frozen=True, slots=True)
class SelfTest:
    """What was found.

    Attributes:
        findings: promise by promise.
        sandbox: the sandbox's description of itself, with the isolation that was in force.
        seconds: how long it took.
    """

    findings: tuple[Finding, ...]
    sandbox: dict[str, Any]
    seconds: float

    @property
    def ok(self) -> bool:
        """Return whether every promise was kept."""
        return all(finding.ok for finding in self.findings)

    def as_dict(self) -> dict[str, Any]:
        """Return what `passlaw selftest --json` prints."""
        return {
            "ok": self.ok,
            "isolation": self.sandbox["isolation"],
            "seconds": round(self.seconds, 1),
            "findings": [asdict(finding) | {"ok": finding.ok} for finding in self.findings],
            "sandbox": self.sandbox,
        }


def run_selftest(
    *,
    backend: str = "auto",
    isolation: str | None = None,
    packages: str | None = None,
    workers: int | None = None,
) -> SelfTest:
    """Run HumanEval's own solutions, stubs that solve nothing, and the attacks that come with the package.

    After each attack an honest program runs in the same worker and must get its verdict. At the end,
    nothing of it all may be left.

    Raises:
        SandboxError: this machine does not give the isolation asked for.
    """
    started = time.monotonic()
    before = _children()
    options = SandboxOptions(limits=_LIMITS, backend=backend, isolation=isolation, packages=packages)
    with open_sandbox(workers, options) as box:
        findings = [*_solutions(box), *_attacks(box)]
        sandbox = box.description.as_dict()
    left = sorted(_children() - before)
    findings.append(Finding("nothing is left running", 0 if left else 1, 1, tuple(map(str, left))))
    return SelfTest(tuple(findings), sandbox, time.monotonic() - started)


def _solutions(box: Sandbox) -> Iterator[Finding]:
    problems = list(load_problems("humaneval"))
    right = [Program(each.prompt + (each.canonical_solution or ""), each.check) for each in problems]
    stubs = [Program(each.prompt + _STUB, each.check) for each in problems]
    names = [each.task_id for each in problems]
    outcomes = box.judge([*right, *stubs])
    passed = [outcome.verdict.passed for outcome in outcomes]
    failed = [outcome.verdict.scored and not outcome.verdict.passed for outcome in outcomes]
    count = len(names)
    yield _finding("HumanEval's own solutions pass", names, passed[:count], outcomes[:count])
    yield _finding("stubs that return nothing fail", names, failed[count:], outcomes[count:])


def _attacks(box: Sandbox) -> Iterator[Finding]:
    attacks = load_attacks()
    programs = [program for attack in attacks for program in (attack.program, HONEST)]
    outcomes = box.judge(programs)
    hostile, honest = outcomes[::2], outcomes[1::2]
    for kind, promise in _PROMISES.items():
        chosen = [pair for pair in zip(attacks, hostile, strict=True) if pair[0].kind == kind]
        yield _finding(
            promise,
            [f"{attack.name} ({attack.about})" for attack, _ in chosen],
            [attack.held(outcome) for attack, outcome in chosen],
            [outcome for _, outcome in chosen],
        )
    yield _finding(
        "honest programs after them pass",
        [f"after {attack.name}" for attack in attacks],
        [outcome.verdict is Verdict.PASSED for outcome in honest],
        honest,
    )


def _finding(promise: str, names: list[str], kept: list[bool], outcomes: list[Outcome]) -> Finding:
    broken = [
        f"{name}: {outcome.verdict.value}: {outcome.detail}"
        for name, ok, outcome in zip(names, kept, outcomes, strict=True)
        if not ok
    ]
    return Finding(promise, sum(kept), len(kept), tuple(broken[:_NAMED]))


def _children() -> set[int]:
    """Return the processes below this one."""
    found: set[int] = set()
    waiting = [os.getpid()]
    while waiting:
        for task in Path(f"/proc/{waiting.pop()}/task").glob("*/children"):
            below = {int(pid) for pid in task.read_text().split()} - found
            found |= below
            waiting += below
    return found
