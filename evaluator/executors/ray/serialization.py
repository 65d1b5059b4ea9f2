"""Messages between the driver and the nodes: JSON as bytes.

Objects with behaviour are never sent, so a version of passlaw that differs, or a node that is not what it
says it is, can give wrong data but run nothing here.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from evaluator.executors.base import Asked
from sandbox import Check, Description, JudgeMode, Lane, Limits, Outcome, Verdict
from sandbox.stdio_check import check_from_plain, plain_check

__all__ = [
    "from_bytes",
    "pack_asked",
    "pack_check",
    "pack_outcome",
    "to_bytes",
    "unpack_asked",
    "unpack_check",
    "unpack_description",
    "unpack_outcome",
]

Row = tuple[int, int, str]  # number in the run, number of the check, source


def to_bytes(value: object) -> bytes:
    """Return plain values as bytes. Lone surrogates, which sources may hold, survive as escapes."""
    return json.dumps(value, separators=(",", ":")).encode("ascii")


def from_bytes(data: bytes) -> Any:  # noqa: ANN401 - any plain value
    """Return what `to_bytes` was given, tuples as lists."""
    return json.loads(data)


def pack_asked(asked: Asked, workers: int) -> bytes:
    """Return the conditions of a run, for one node."""
    return to_bytes({"asked": asdict(asked), "workers": workers})


def unpack_asked(data: bytes) -> tuple[Asked, int]:
    """Return the conditions and the number of programs run at once."""
    parts = from_bytes(data)
    asked = parts["asked"]
    named = {"limits": Limits(**asked["limits"]), "judge": JudgeMode(asked["judge"])}
    return Asked(**asked | named), parts["workers"]


def pack_check(check: Check) -> bytes:
    """Return a check as bytes."""
    return to_bytes(plain_check(check))


def unpack_check(data: bytes) -> Check:
    """Return the check."""
    return check_from_plain(from_bytes(data))


def pack_outcome(outcome: Outcome) -> list[object]:
    """Return an outcome as plain values, in the order of its fields."""
    return [
        outcome.verdict.value, outcome.detail, outcome.message, outcome.calls, round(outcome.cpu_s, 6),
        round(outcome.wall_s, 6), outcome.attempts, outcome.suspicion, outcome.lane.value,
        outcome.fraction,
    ]  # fmt: skip


def unpack_outcome(parts: Sequence[Any]) -> Outcome:
    """Return the outcome."""
    verdict, detail, message, calls, cpu_s, wall_s, attempts, suspicion, lane, fraction = parts
    return Outcome(
        Verdict(verdict),
        detail,
        message,
        calls,
        cpu_s,
        wall_s,
        attempts,
        tuple(suspicion),
        Lane(lane),
        fraction,
    )


def unpack_description(parts: dict[str, Any]) -> Description:
    """Return a sandbox's description of itself."""
    named = {"limits": Limits(**parts["limits"]), "judge": JudgeMode(parts["judge"])}
    return Description(**parts | named | {"passed_over": tuple(parts["passed_over"])})
