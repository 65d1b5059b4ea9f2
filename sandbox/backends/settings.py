"""What a worker is started with: the settings all of a pool share, and the untrusted side made for it."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from enum import Enum
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from sandbox.jail.interpreter import Interpreter
from sandbox.jail.seccomp import build_filter, build_lean_filter
from sandbox.policy import Policy
from sandbox.program import JudgeMode, Limits

__all__ = ["PACKAGE", "UNTRUSTED", "Loss", "Side", "WorkerSettings"]

PACKAGE = Path(__file__).resolve().parents[1]
# What every untrusted side consists of, in the order in which it is executed there.
UNTRUSTED: Final = (
    "codec", "frames", "answers", "allowed", "verifier", "shared", "lean", "scratch", "zygote",
)  # fmt: skip
# What a judge does, that no namespace encloses, beyond what programs may: hand channels over, set timeouts.
_OF_THE_JUDGE: Final = ("sendmsg", "setsockopt")


class Loss(Enum):
    """Why a worker was lost, as far as what enclosed it tells.

    `MEMORY`: the enclosure ended because the program in it took more than it was given. `KILLED`: it was
    killed, and what killed it is not told. `UNKNOWN`: anything else.
    """

    MEMORY = "memory"
    KILLED = "killed"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class WorkerSettings:
    """What every worker of a pool is started with."""

    limits: Limits
    judge: JudgeMode
    policy: Policy
    interpreter: Interpreter
    seed: int

    @cached_property
    def message(self) -> dict[str, Any]:
        """The settings as a worker reads them, but for what its backend adds."""
        policy = self.policy
        return {
            "limits": asdict(self.limits),
            "judge": self.judge.value,
            "seed": self.seed,
            "policy": {
                name: getattr(policy, name)
                for name in (
                    "scratch", "scratch_inodes", "size_bytes", "uid", "gid", "environment",
                    "open_files", "core_bytes", "stack_bytes", "locked_bytes", "judge_memory_bytes",
                )
            },
            "interpreter": asdict(self.interpreter),
            "shown": self.interpreter.files(),
            "hidden": list(self.interpreter.site),
            "filter": build_filter(
                (*policy.allow, *_OF_THE_JUDGE), policy.kill, policy.pretend
            ).hex(),
        }  # fmt: skip

    def bundle(self, *names: str, first_exposed: bool = False) -> dict[str, Any]:
        """Return what the untrusted side is started with.

        Args:
            names: those of our modules that it consists of; they are handed over as text.
            first_exposed: see `build_filter`.
        """
        files = [(f"sandbox.{name}", PACKAGE / f"{name.replace('.', '/')}.py") for name in names]
        return {
            "modules": [(name, file.read_text()) for name, file in files],
            "scratch": self.policy.scratch,
            "preload": self.policy.preload,
            "environment": self.policy.environment,
            "control": 3,
            "filter": build_filter(
                self.policy.allow, self.policy.kill, self.policy.pretend, first_exposed=first_exposed
            ).hex(),
            "program_filter": "",
            "is_lean": False,
        }

    def lean_bundle(self, *, one_filter: bool) -> dict[str, Any] | None:
        """Return what the lean template is started with; None where the policy has none.

        Args:
            one_filter: whether the template's own filter serves its programs too. That takes a namespace,
                whose first process no other one can kill, and a user for whom RLIMIT_NPROC counts.
        """
        policy = self.policy
        if not policy.lean:
            return None
        if one_filter:
            filters = {"filter": build_lean_filter(policy.lean, forks=True).hex()}
        else:
            filters = {
                "filter": build_filter((*policy.allow, "prctl"), policy.kill, policy.pretend).hex(),
                "program_filter": build_lean_filter(policy.lean).hex(),
            }
        return self.bundle(*UNTRUSTED) | filters | {"scratch": "", "preload": [], "is_lean": True}


@dataclass(frozen=True, slots=True)
class Side:
    """The untrusted side that a backend made ready for one worker.

    Attributes:
        message: what the worker must know of it, beside `WorkerSettings.message`.
        end: ends it; called once, after the worker's process has ended.
        descriptors: handed on to the worker's process under the same numbers.
        facts: what the description of the sandbox says of it.
        refusal: how the sentence begins that says that it could not be enclosed.
        cause_of_loss: asked once the worker is lost, before `end`.
    """

    message: Mapping[str, Any]
    end: Callable[[], None]
    descriptors: tuple[int, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    refusal: str = "this machine does not give isolation by namespaces"
    cause_of_loss: Callable[[], Loss] = lambda: Loss.UNKNOWN
