"""Serve the host's requests in the judge's process: learn a check, judge a program, run a script."""

import signal
import socket
import time
from collections import deque
from collections.abc import Callable
from typing import Final

from sandbox.judge.checks import BrokenCheckError
from sandbox.judge.comparison import CHECKER_S
from sandbox.judge.judge import Judge
from sandbox.judge.script_runner import run_script
from sandbox.judge.stdio_judge import StdioJudge
from sandbox.judge.unittest_judge import UnittestJudge
from sandbox.judge.watchdog import Watchdog
from sandbox.stdio_check import StdioCheck
from sandbox.unittest_check import UnittestCheck
from sandbox.wire import host_messages as messages
from sandbox.wire.frames import Frames, frame
from sandbox.wire.groups import GROUP
from sandbox.wire.script_messages import RunScript

__all__ = ["JudgeServer"]

_AT_WORK: Final = frame(messages.AT_WORK)
_LONG_S: Final = 0.25  # of the clock, for one program, all of its tests and processes together
_TELL_S: Final = 1.0  # between two such words; the host waits for them for a minute and more


class JudgeServer:
    """What a judge does for the host.

    A program that takes long does not keep others waiting: those behind it go back to the host, which has
    other workers.

    Args:
        host: the socket to the host.
        frames: what comes over it.
        judge: judges most programs.
        stdio: judges programs that read standard input.
        unittest: judges programs against test cases beside them.
        watch: ends this process where one program keeps it busy too long.
        judge_cpu_s: CPU seconds that this process may use for one program.
    """

    def __init__(
        self,
        host: socket.socket,
        frames: Frames,
        *,
        judge: Judge,
        stdio: StdioJudge,
        unittest: UnittestJudge,
        watch: Watchdog,
        judge_cpu_s: float,
    ) -> None:
        self.host = host
        self.frames = frames
        self.judge = judge
        self.stdio = stdio
        self.unittest = unittest
        self.watch = watch
        self.judge_cpu_s = judge_cpu_s
        self._kept: deque[tuple[bytes, bytes]] = deque()  # messages that were read while a program ran
        self._long_from = float("inf")  # when the program at work has taken long
        self._returns = False  # whether the host knows that it takes long
        judge.call_while_waiting(self._return_others)

    def serve(self) -> None:
        """Do what the host asks until it hangs up."""
        try:
            self._serve()
        except BrokenCheckError as error:  # the host ends the run
            self.host.sendall(messages.BrokenCheck(*error.args).encode())

    def _serve(self) -> None:
        """Judge what comes; programs that may share a process in groups."""
        while (got := self._take() or self.frames.read()) is not None:
            group: list[messages.RunShared] = []
            while got is not None:
                kind, payload = got
                if kind == messages.RUN_SHARED:
                    group.append(messages.RunShared.decode(payload))
                if kind != messages.RUN_SHARED or len(group) == GROUP:
                    self._judge_together(group)
                    group = []
                if kind != messages.RUN_SHARED:
                    self._handle(kind, payload)
                got = self._take()
            self._judge_together(group)

    def _take(self) -> tuple[bytes, bytes] | None:
        return self._kept.popleft() if self._kept else self.frames.take()

    def _return_others(self) -> None:
        """Return the programs that have not begun to the host if the one at work takes long."""
        if time.monotonic() < self._long_from:
            return
        # The alarm that ends a test raises where it finds the judge, and must not lose or cut a message here.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})
        try:
            self._return_unbegun()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def _return_unbegun(self) -> None:
        self.frames.fill_at_once()
        serials = []
        for kind, payload in iter(self.frames.take, None):
            if kind == messages.RUN_PROGRAM:
                serials.append(messages.RunProgram.decode(payload).serial)
            elif kind == messages.RUN_SHARED:
                serials.append(messages.RunShared.decode(payload).serial)
            else:
                self._kept.append((kind, payload))
        if serials or not self._returns:
            self._returns = True
            self.host.sendall(messages.Returned(tuple(serials)).encode())

    def _judge_together(self, group: list[messages.RunShared]) -> None:
        if not group:
            return
        outcomes = self.judge.judge_shared(
            [(each.check, each.source) for each in group],
            lambda place: self.watch.arm(group[place].serial, self.judge_cpu_s),
        )
        self.watch.disarm()
        self.host.sendall(
            b"".join(
                messages.WorkerReport.encode(each.serial, outcome, (), certain=True)
                if outcome is not None
                else messages.NeedsOwnProcess(each.serial).encode()
                for each, outcome in zip(group, outcomes, strict=True)
            )
        )

    def _handle(self, kind: bytes, payload: bytes) -> None:
        if kind == messages.LEARN_CHECK:
            number, check = messages.LearnCheck.decode(payload)
            try:
                if isinstance(check, StdioCheck):
                    self.stdio.learn(number, check)
                elif isinstance(check, UnittestCheck):
                    self.unittest.learn(number, check)
                else:
                    self.judge.learn(number, check)
            except BaseException as error:
                raise BrokenCheckError(check.entry_point, f"{type(error).__name__}: {error}") from error
        elif kind == messages.FORGET_CHECK:
            number = messages.ForgetCheck.decode(payload).number
            self.judge.forget(number)
            self.stdio.forget(number)
            self.unittest.forget(number)
        elif kind == messages.BEGIN_RUN:
            self.judge.begin_run()
        elif kind == messages.RUN_SCRIPT:
            report = run_script(self.judge.zygote, RunScript.decode(payload))
            self.host.sendall(report.encode())
        else:
            serial, number, source, alone, earlier = messages.RunProgram.decode(payload)
            self.watch.arm(serial, self.judge_cpu_s)
            self._long_from, self._returns = time.monotonic() + _LONG_S, False
            if self.stdio.knows(number):
                judged = self.stdio.judge(number, source, earlier, alone=alone, turn=self._turns(serial))
            elif self.unittest.knows(number):
                judged = self.unittest.judge(number, source, alone=alone)
            else:
                judged = self.judge.judge(number, source, earlier, alone=alone)
            self.watch.disarm()
            self._long_from = float("inf")
            self.host.sendall(
                messages.WorkerReport.encode(serial, judged.outcome, judged.said, certain=judged.certain)
            )

    def _turns(self, serial: int) -> Callable[[], None]:
        """Return what notes that a program's next test begins, and tells the host so now and then."""
        told = time.monotonic()

        def begin_test() -> None:
            nonlocal told
            self.watch.arm(serial, self.judge_cpu_s + CHECKER_S)  # a checker that hangs is named as such
            self._return_others()
            now = time.monotonic()
            if now - told >= _TELL_S:
                told = now
                self.host.sendall(_AT_WORK)

        return begin_test
