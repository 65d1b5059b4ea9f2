"""The trusted side of a script, in the judge's process: streams in and out as bytes, clocks, an end.

Nothing here decides whether a script is right: it says what was printed and how the process ended. The bytes
are never interpreted. What a script's process sends beside its output are the files that were asked for.
"""

import contextlib
import os
import select
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from sandbox.judge.candidate_process import CandidateProcess
from sandbox.judge.verdicts import CandidateStoppedError
from sandbox.judge.zygote_client import Zygote
from sandbox.program import Limits, Verdict
from sandbox.wire.requests import script
from sandbox.wire.script_messages import RunScript, ScriptReport

__all__ = ["run_script"]

_CHUNK: Final = 1 << 16
_LOOK_S: Final = 0.05
_FILES_BYTES: Final = 8 << 20


@dataclass(slots=True)
class _Taken:
    """What came over one stream: its beginning, and whether there was more."""

    limit: int
    data: bytearray
    cut: bool = False

    def add(self, data: bytes) -> None:
        room = self.limit - len(self.data)
        self.data += data[:room]
        self.cut |= len(data) > room


def run_script(zygote: Zygote, asked: RunScript) -> ScriptReport:
    """Run a script in its own process, which the zygote forks, and return what came of it."""
    seconds, output_bytes = asked.timeout_s, asked.output_bytes
    limits = Limits(cpu_s=seconds, memory_bytes=asked.memory_bytes)
    process = CandidateProcess(zygote, limits, alone=True)
    out, err = _Taken(output_bytes, bytearray()), _Taken(output_bytes, bytearray())
    fetched: dict[int, bytes] = {}
    timed_out = False
    try:
        process.send(script(asked.source, asked.files, asked.fetch))
        process.read()  # it is ready for its streams
        with _streams() as (ours, theirs):
            process.hand_over(theirs)
            for descriptor in theirs:
                os.close(descriptor)
            theirs.clear()
            _converse(process, ours, stdin=asked.stdin, taken=(out, err), fetched=fetched, seconds=seconds)
    except CandidateStoppedError as stopped:
        timed_out = stopped.end.verdict is Verdict.TIMED_OUT
    finally:
        report = process.end()
    timed_out |= report.cpu_s > seconds
    return ScriptReport(
        bytes(out.data), bytes(err.data), out.cut or err.cut, report.status, timed_out, report.cpu_s,
        process.clock.wall_s(), tuple(fetched.items()),
    )  # fmt: skip


@contextlib.contextmanager
def _streams() -> Iterator[tuple[list[int], list[int]]]:
    """Three pipes: our ends, and theirs; what is still open at the end is closed."""
    (in_read, in_write), (out_read, out_write), (err_read, err_write) = os.pipe(), os.pipe(), os.pipe()
    ours, theirs = [in_write, out_read, err_read], [in_read, out_write, err_write]
    for descriptor in ours:
        os.set_blocking(descriptor, False)
    try:
        yield ours, theirs
    finally:
        for descriptor in (*ours, *theirs):
            with contextlib.suppress(OSError):
                os.close(descriptor)


def _converse(
    process: CandidateProcess,
    ours: list[int],
    *,
    stdin: bytes,
    taken: tuple[_Taken, _Taken],
    fetched: dict[int, bytes],
    seconds: float,
) -> None:
    """Give the script its input and take its output until it has closed everything, or its time is up."""
    into, outputs = ours[0], dict(zip(ours[1:], taken, strict=True))
    left = memoryview(stdin)
    open_in, channel_open = _give(into, left, ours) if not left else True, True
    hard_stop = time.monotonic() + 2 * seconds + 1.0
    while outputs or channel_open:
        waited: list[Any] = [*outputs, *([process] if channel_open else [])]
        ready, writable, _ = select.select(waited, [into] if open_in else [], [], _LOOK_S)
        if writable:
            with contextlib.suppress(BlockingIOError):
                try:
                    left = left[os.write(into, left[:_CHUNK]) :]
                except BrokenPipeError:
                    left = left[len(left) :]
            open_in = bool(left) or _give(into, left, ours)
        for each in ready:
            if each is process:
                channel_open = process.gather(fetched, _FILES_BYTES)
            elif data := os.read(each, _CHUNK):
                outputs[each].add(data)
            else:
                del outputs[each]
        process.check_time(hard_stop)


def _give(into: int, left: memoryview, ours: list[int]) -> bool:
    """Close the script's input once all is given; return whether it is still open."""
    if left:
        return True
    os.close(into)
    ours.remove(into)
    return False
