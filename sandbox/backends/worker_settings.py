"""What a worker is started with: the settings all of a pool share, and the untrusted side made for it."""

from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any, Final

from sandbox.backends.guest_bundle import PACKAGE, UNTRUSTED
from sandbox.jail.interpreter import Interpreter
from sandbox.jail.policy import Policy
from sandbox.jail.seccomp import build_filter, build_lean_filter
from sandbox.packages.bundle import PackageBundle
from sandbox.program import JudgeMode, Limits

__all__ = ["PACKAGES_PLACE", "WorkerSettings"]

PACKAGES_PLACE: Final = "/packages"  # where a jail with its own file tree shows a bundle

# What a judge does, that no namespace encloses, beyond what programs may: hand channels over, set timeouts.
_OF_THE_JUDGE: Final = ("sendmsg", "setsockopt")


@dataclass(frozen=True)
class WorkerSettings:
    """What every worker of a pool is started with."""

    limits: Limits
    judge: JudgeMode
    policy: Policy
    interpreter: Interpreter
    seed: int
    packages: PackageBundle | None = None

    @cached_property
    def message(self) -> dict[str, Any]:
        """Return the settings as a worker reads them, without what its backend adds."""
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
            "packages": [str(self.packages.site), PACKAGES_PLACE] if self.packages else [],
            "filter": build_filter(
                (*policy.allow, *_OF_THE_JUDGE), policy.kill, policy.pretend, policy.unsupported
            ).hex(),
        }  # fmt: skip

    def bundle(self, *names: str, protect_pid_1: bool = False) -> dict[str, Any]:
        """Return what the untrusted side is started with.

        Args:
            names: those of our modules that it consists of; they are handed over as text.
            protect_pid_1: see `build_filter`.
        """
        files = [(f"sandbox.{name}", PACKAGE / f"{name.replace('.', '/')}.py") for name in names]
        return {
            "modules": [(name, file.read_text()) for name, file in files],
            "scratch": self.policy.scratch,
            "packages": PACKAGES_PLACE if self.packages else "",
            "preload": self.policy.preload,
            "environment": self.policy.environment,
            "control": 3,
            "filter": build_filter(
                self.policy.allow,
                self.policy.kill,
                self.policy.pretend,
                self.policy.unsupported,
                protect_pid_1=protect_pid_1,
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
                "filter": build_filter(
                    (*policy.allow, "prctl"), policy.kill, policy.pretend, policy.unsupported
                ).hex(),
                "program_filter": build_lean_filter(policy.lean).hex(),
            }
        unused = {"scratch": "", "packages": "", "preload": [], "is_lean": True}
        return self.bundle(*UNTRUSTED) | filters | unused
