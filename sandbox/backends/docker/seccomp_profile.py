"""The policy as a seccomp profile in the container engine's JSON form."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from sandbox.jail import syscalls
from sandbox.jail.seccomp import NEW_NAMESPACES

__all__ = ["profile"]

_ARCHITECTURES: Final = {0xC000003E: "SCMP_ARCH_X86_64", 0xC00000B7: "SCMP_ARCH_AARCH64"}
_EPERM, _ENOSYS, _AF_UNIX = 1, 38, 1
# What the engine's own last steps, the dynamic linker and the first process need before it narrows itself.
_AT_START: Final = (
    "execve", "connect", "prctl", "seccomp", "capget", "landlock_create_ruleset", "landlock_add_rule",
    "landlock_restrict_self",
)  # fmt: skip


def profile(allow: Iterable[str], kill: Iterable[str], machine: str) -> str:
    """Return the outer filter of a container: what the zygote's own lets through, and what starting it takes.

    The programs are held by the zygote's filter, which is stricter; this one stands behind it. Calls of
    the kill-list fail with ENOSYS here (a trace without a tracer), which lets the inner filter have the
    last word on them and denies them all the same.
    """
    deadly = tuple(kill)
    plain = sorted({*allow, *_AT_START} - {*deadly, "clone", "clone3", "socket"})
    rules: list[Mapping[str, Any]] = [
        {"names": plain, "action": "SCMP_ACT_ALLOW"},
        {"names": sorted(deadly), "action": "SCMP_ACT_TRACE", "errnoRet": _ENOSYS},
        {"names": ["clone3"], "action": "SCMP_ACT_ERRNO", "errnoRet": _ENOSYS},
        {
            "names": ["clone"],
            "action": "SCMP_ACT_ALLOW",
            "args": [{"index": 0, "value": NEW_NAMESPACES, "valueTwo": 0, "op": "SCMP_CMP_MASKED_EQ"}],
        },
        {
            "names": ["socket"],
            "action": "SCMP_ACT_ALLOW",
            "args": [{"index": 0, "value": _AF_UNIX, "op": "SCMP_CMP_EQ"}],
        },
    ]
    return json.dumps(
        {
            "defaultAction": "SCMP_ACT_ERRNO",
            "defaultErrnoRet": _EPERM,
            "architectures": [_ARCHITECTURES[syscalls.AUDIT_ARCH[machine]]],
            "syscalls": rules,
        }
    )
