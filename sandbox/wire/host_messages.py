"""Messages between the host and a worker: what kinds there are, and how each is encoded and decoded.

    to the worker    SETTINGS, and USERS_MAPPED if the worker asks for it; then, in any order,
                     LEARN_CHECK, FORGET_CHECK, BEGIN_RUN, RUN_PROGRAM, RUN_SHARED, RUN_SCRIPT
    to the host      NEEDS_USER_MAP, then READY or START_FAILED; then an OUTCOME or NEEDS_OWN_PROCESS for
                     each program, SCRIPT_RESULT for each script; BROKEN_CHECK and JUDGE_STUCK end the run;
                     AT_WORK before each test of a program that has several; RETURNED while one takes long

The worker believes the host, so programs go there as marshal has them. The host decodes only JSON and values
of `value_format`: the judge runs the problem set's text. A class here is a message, and `encode` returns its
whole frame; the messages of scripts are in `script_messages`.
"""

import json
import marshal
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from sandbox.check_kinds import check_from_plain, plain_check
from sandbox.program import Check, Outcome
from sandbox.wire.frames import frame
from sandbox.wire.value_decoder import decode
from sandbox.wire.value_encoder import encode

__all__ = [
    "AT_WORK",
    "BEGIN_RUN",
    "BROKEN_CHECK",
    "FORGET_CHECK",
    "HOST_LIMIT",
    "JUDGE_STUCK",
    "LEARN_CHECK",
    "NEEDS_OWN_PROCESS",
    "NEEDS_USER_MAP",
    "OUTCOME",
    "READY",
    "RETURNED",
    "RUN_PROGRAM",
    "RUN_SCRIPT",
    "RUN_SHARED",
    "SCRIPT_RESULT",
    "SETTINGS",
    "START_FAILED",
    "USERS_MAPPED",
    "BrokenCheck",
    "ForgetCheck",
    "JudgeStuck",
    "LearnCheck",
    "NeedsOwnProcess",
    "Ready",
    "Returned",
    "RunProgram",
    "RunShared",
    "Said",
    "Settings",
    "StartFailed",
    "WorkerReport",
]

HOST_LIMIT: Final = 1 << 31  # bytes of a message to the worker

SETTINGS: Final = b"S"
USERS_MAPPED: Final = b"M"
LEARN_CHECK: Final = b"K"
FORGET_CHECK: Final = b"G"
BEGIN_RUN: Final = b"E"
RUN_PROGRAM: Final = b"P"
RUN_SHARED: Final = b"H"
RUN_SCRIPT: Final = b"X"

NEEDS_USER_MAP: Final = b"U"
READY: Final = b"Y"
START_FAILED: Final = b"F"
OUTCOME: Final = b"O"
NEEDS_OWN_PROCESS: Final = b"N"
SCRIPT_RESULT: Final = b"Z"
BROKEN_CHECK: Final = b"B"
JUDGE_STUCK: Final = b"T"
AT_WORK: Final = b"A"
RETURNED: Final = b"R"

# How many calls an attempt at a program answered, and a hash of its answers.
Said = tuple[int, str]


class Settings(NamedTuple):
    """What a worker is to be; see `WorkerSettings.message` and `GuestLaunch.message`."""

    values: dict[str, Any]

    def encode(self) -> bytes:
        """Return the frame."""
        return frame(SETTINGS, json.dumps(self.values).encode())

    @classmethod
    def decode(cls, payload: bytes) -> "Settings":
        """Return the message."""
        return cls(json.loads(payload))


class LearnCheck(NamedTuple):
    """Make a check ready under a number."""

    number: int
    check: Check

    def encode(self) -> bytes:
        """Return the frame."""
        return frame(LEARN_CHECK, encode((self.number, *plain_check(self.check)), HOST_LIMIT))

    @classmethod
    def decode(cls, payload: bytes) -> "LearnCheck":
        """Return the message."""
        number, *parts = decode(payload)
        return cls(number, check_from_plain(parts))


class ForgetCheck(NamedTuple):
    """Drop the check with this number."""

    number: int

    def encode(self) -> bytes:
        """Return the frame."""
        return frame(FORGET_CHECK, encode(self.number))

    @classmethod
    def decode(cls, payload: bytes) -> "ForgetCheck":
        """Return the message."""
        return cls(decode(payload))


class RunProgram(NamedTuple):
    """Run a program in its own process.

    Attributes:
        serial: its number in the run.
        check: the number under which its check was learned.
        source: its text.
        alone: whether nothing else runs meanwhile, so that the outcome is final.
        said: what earlier attempts at it had answered.
    """

    serial: int
    check: int
    source: str
    alone: bool
    said: tuple[Said, ...]

    @staticmethod
    def encode(serial: int, check: int, source: str, said: tuple[Said, ...], *, alone: bool) -> bytes:
        """Return the frame, without making the object first: there is one for each program."""
        return frame(RUN_PROGRAM, marshal.dumps((serial, check, source, alone, said)))

    @classmethod
    def decode(cls, payload: bytes) -> "RunProgram":
        """Return the message."""
        return cls(*marshal.loads(payload))  # noqa: S302 - the host's bytes


class RunShared(NamedTuple):
    """Run a program in the shared process; as `RunProgram`."""

    serial: int
    check: int
    source: str

    @staticmethod
    def encode(serial: int, check: int, source: str) -> bytes:
        """Return the frame, as `RunProgram.encode` does."""
        return frame(RUN_SHARED, marshal.dumps((serial, check, source)))

    @classmethod
    def decode(cls, payload: bytes) -> "RunShared":
        """Return the message."""
        return cls(*marshal.loads(payload))  # noqa: S302 - the host's bytes


class Ready(NamedTuple):
    """The worker is enclosed and its judge serves.

    Attributes:
        facts: what the description of the sandbox says of it.
    """

    facts: dict[str, Any]

    def encode(self) -> bytes:
        """Return the frame."""
        return frame(READY, encode(self.facts))

    @classmethod
    def decode(cls, payload: bytes) -> "Ready":
        """Return the message."""
        return cls(decode(payload))


class StartFailed(NamedTuple):
    """The worker cannot be enclosed; `reason` names the step."""

    reason: str

    def encode(self) -> bytes:
        """Return the frame."""
        return frame(START_FAILED, encode(self.reason))

    @classmethod
    def decode(cls, payload: bytes) -> "StartFailed":
        """Return the message."""
        return cls(str(decode(payload)))


class WorkerReport(NamedTuple):
    """What a worker reports of one program.

    Attributes:
        serial: the program's number in the run.
        certain: whether the outcome is final.
        outcome: None where the program needs its own process.
        said: what attempts at the program had answered, if the outcome is not final; for the next attempt.
    """

    serial: int
    certain: bool
    outcome: Outcome | None
    said: tuple[Said, ...] = ()

    @staticmethod
    def encode(serial: int, outcome: Outcome, said: Sequence[Said], *, certain: bool) -> bytes:
        """Return the frame, without making the object first: there is one for each program."""
        return frame(OUTCOME, json.dumps((serial, certain, said, *outcome.to_plain())).encode())

    @classmethod
    def decode(cls, payload: bytes) -> "WorkerReport":
        """Return the message; raise `ValueError`, `TypeError` or `RecursionError` if it is none."""
        serial, certain, said, *plain = json.loads(str(payload, "utf-8"))
        return cls(serial, certain, Outcome.from_plain(plain), tuple((int(n), str(each)) for n, each in said))


class NeedsOwnProcess(NamedTuple):
    """A program has no outcome from the shared process."""

    serial: int

    def encode(self) -> bytes:
        """Return the frame."""
        return frame(NEEDS_OWN_PROCESS, encode(self.serial))

    @classmethod
    def decode(cls, payload: bytes) -> WorkerReport:
        """Return the report that the host makes of it."""
        return WorkerReport(decode(payload), certain=False, outcome=None)


class Returned(NamedTuple):
    """The program at work takes long: those that wait behind it may run elsewhere, and more are not wanted.

    Attributes:
        serials: of the programs that the worker has not begun, and will not.
    """

    serials: tuple[int, ...]

    def encode(self) -> bytes:
        """Return the frame."""
        return frame(RETURNED, json.dumps(self.serials).encode())

    @classmethod
    def decode(cls, payload: bytes) -> "Returned":
        """Return the message; raise `ValueError`, `TypeError` or `RecursionError` if it is none."""
        return cls(tuple(int(serial) for serial in json.loads(str(payload, "utf-8"))))


class BrokenCheck(NamedTuple):
    """The text of a check does not run."""

    entry_point: str
    reason: str

    def encode(self) -> bytes:
        """Return the frame."""
        return frame(BROKEN_CHECK, encode(tuple(self)))

    @classmethod
    def decode(cls, payload: bytes) -> "BrokenCheck":
        """Return the message."""
        return cls(*decode(payload))


class JudgeStuck(NamedTuple):
    """The worker ended its judge, which was busy with this program for too long."""

    serial: int

    def encode(self) -> bytes:
        """Return the frame."""
        return frame(JUDGE_STUCK, encode(self.serial))

    @classmethod
    def decode(cls, payload: bytes) -> "JudgeStuck":
        """Return the message."""
        return cls(decode(payload))
