"""Messages between the driver and the nodes: JSON as bytes.

Objects with behaviour are never sent, so a version of passlaw that differs, or a node that is not what it
says it is, can give wrong data but run nothing here.
"""

import json
from dataclasses import asdict
from typing import Any

from sandbox import Check, Description, JudgeMode, Limits, SandboxOptions
from sandbox.check_kinds import check_from_plain, plain_check
from sandbox.source_hash import sandbox_code

__all__ = [
    "from_bytes",
    "pack_check",
    "pack_options",
    "to_bytes",
    "unpack_check",
    "unpack_description",
    "unpack_options",
]

Row = tuple[int, int, str]  # number in the run, number of the check, source


def to_bytes(value: object) -> bytes:
    """Return plain values as bytes. Lone surrogates, which sources may hold, survive as escapes."""
    return json.dumps(value, separators=(",", ":")).encode("ascii")


def from_bytes(data: bytes) -> Any:  # noqa: ANN401 - any plain value
    """Return what `to_bytes` was given, tuples as lists."""
    return json.loads(data)


def pack_options(options: SandboxOptions, workers: int) -> bytes:
    """Return the conditions of a run, for one node."""
    return to_bytes({"code": sandbox_code(), "options": asdict(options), "workers": workers})


def unpack_options(data: bytes) -> tuple[SandboxOptions, int] | None:
    """Return the conditions and the number of programs run at once; None from another version of passlaw."""
    parts = from_bytes(data)
    if parts.get("code") != sandbox_code():
        return None
    options = parts["options"]
    return SandboxOptions(**options | {"limits": Limits(**options["limits"])}), parts["workers"]


def pack_check(check: Check) -> bytes:
    """Return a check as bytes."""
    return to_bytes(plain_check(check))


def unpack_check(data: bytes) -> Check:
    """Return the check."""
    return check_from_plain(from_bytes(data))


def unpack_description(parts: dict[str, Any]) -> Description:
    """Return a sandbox's description of itself."""
    named = {"limits": Limits(**parts["limits"]), "judge": JudgeMode(parts["judge"])}
    return Description(**parts | named | {"passed_over": tuple(parts["passed_over"])})
