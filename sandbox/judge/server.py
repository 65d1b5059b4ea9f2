"""Serve the host's requests in the judge's process: learn a check, judge a program, run a script."""

import json
import marshal
import socket
from dataclasses import dataclass
from typing import NamedTuple

from sandbox.judge.judge import BrokenCheckError, Judge, Judged
from sandbox.judge.script_runner import run_script
from sandbox.judge.stdio_judge import StdioJudge
from sandbox.judge.watchdog import Watch
from sandbox.stdio_check import StdioCheck, check_from_plain
from sandbox.wire.codec import decode, encode
from sandbox.wire.frames import Frames, frame
from sandbox.wire.groups import GROUP

__all__ = ["HOST_LIMIT", "JudgeServer"]

HOST_LIMIT = 1 << 31
_ALIVE = frame(b"A")


class _Shared(NamedTuple):
    """A program that may share a process."""

    serial: int
    check: int
    source: str


@dataclass(frozen=True, slots=True)
class JudgeServer:
    """What a judge does for the host."""

    host: socket.socket
    judge: Judge
    stdio: StdioJudge
    watch: Watch
    judge_cpu_s: float

    def serve(self, frames: Frames) -> None:
        """Do what the host asks until it hangs up."""
        try:
            self._serve(frames)
        except BrokenCheckError as error:  # the host ends the run
            self.host.sendall(frame(b"B", encode(error.args)))

    def _serve(self, frames: Frames) -> None:
        """Judge what comes; programs that may share a process in groups."""
        while (got := frames.read()) is not None:
            group: list[_Shared] = []
            while got is not None:
                kind, payload = got
                if kind == b"S":
                    group.append(_Shared(*marshal.loads(payload)))  # noqa: S302 - the host's bytes
                if kind != b"S" or len(group) == GROUP:
                    self._judge_together(group)
                    group = []
                if kind != b"S":
                    self._obey(kind, payload)
                got = frames.take()
            self._judge_together(group)

    def _judge_together(self, group: list[_Shared]) -> None:
        if not group:
            return
        outcomes = self.judge.judge_shared(
            [(each.check, each.source) for each in group],
            lambda place: self.watch.begin(group[place].serial, self.judge_cpu_s),
        )
        self.watch.rest()
        judged = [Judged(outcome) if outcome else None for outcome in outcomes]
        told = [_told(each.serial, its) for each, its in zip(group, judged, strict=True)]
        self.host.sendall(b"".join(told))

    def _obey(self, kind: bytes, payload: bytes) -> None:
        if kind == b"K":
            number, *parts = decode(payload)
            check = check_from_plain(parts)
            try:
                if isinstance(check, StdioCheck):
                    self.stdio.learn(number, check)
                else:
                    self.judge.learn(number, check)
            except BaseException as error:
                raise BrokenCheckError(check.entry_point, f"{type(error).__name__}: {error}") from error
        elif kind == b"G":
            self.judge.forget(number := decode(payload))
            self.stdio.forget(number)
        elif kind == b"E":
            self.judge.begin_run()
        elif kind == b"R":
            said = run_script(self.judge.zygote, *decode(payload))
            self.host.sendall(frame(b"R", encode(said, HOST_LIMIT)))
        else:
            serial, number, source, alone, earlier = marshal.loads(payload)  # noqa: S302 - the host's bytes
            self._begin(serial)
            if self.stdio.knows(number):
                judged = self.stdio.judge(
                    number, source, earlier, alone=alone, turn=lambda: self._begin(serial, is_alive=True)
                )
            else:
                judged = self.judge.judge(number, source, earlier, alone=alone)
            self.watch.rest()
            self.host.sendall(_told(serial, judged))

    def _begin(self, serial: int, *, is_alive: bool = False) -> None:
        """Note that the judge is busy with a program, or with its next test, and tell the host of that."""
        self.watch.begin(serial, self.judge_cpu_s)
        if is_alive:
            self.host.sendall(_ALIVE)


def _told(serial: int, judged: Judged | None) -> bytes:
    """Return what the host is told of a program: its outcome, or that it needs a process of its own."""
    if judged is None:
        return frame(b"R", encode(serial))
    it = judged.outcome
    answer = (serial, judged.certain, it.verdict, it.detail, it.message, it.calls, it.cpu_s, it.wall_s)
    return frame(
        b"O", json.dumps((*answer, it.attempts, it.suspicion, it.lane, judged.said, it.fraction)).encode()
    )
