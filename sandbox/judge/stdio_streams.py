"""The judge's ends of one test's standard streams: give the input, take the output, notice the end."""

import contextlib
import os
import select
from typing import Final, Self

from sandbox.judge.candidate_process import CandidateProcess, protocol_violation, stop_with
from sandbox.program import Verdict

__all__ = ["Streams"]

_CHUNK: Final = 1 << 16
_LOOK_MS: Final = 50
_TAIL: Final = 4096  # bytes of standard error that are kept, for a person
_READABLE: Final = select.POLLIN | select.POLLHUP | select.POLLERR


class Streams:
    """Three pipes. Use it as a context manager: what is still open is closed at its end.

    Args:
        output_bytes: most bytes that may come on descriptor 1; beyond it the program is stopped.

    Attributes:
        output: what came on descriptor 1.
        errors: the end of what came on descriptor 2.
    """

    def __init__(self, output_bytes: int) -> None:
        self.output = bytearray()
        self.errors = bytearray()
        self._output_bytes = output_bytes
        (self._in, into), (out, self._out), (err, self._err) = os.pipe(), os.pipe(), os.pipe()
        self._theirs = [self._in, self._out, self._err]
        self._into, self._from, self._errors = into, out, err
        self._ours = {into, out, err}
        os.set_blocking(into, False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        for descriptor in (*self._ours, *self._theirs):
            with contextlib.suppress(OSError):
                os.close(descriptor)

    def hand_over(self, process: CandidateProcess, data: bytes) -> memoryview:
        """Put the beginning of the input into its pipe and give the program its ends.

        Returns:
            The part of the input that is still to be given.
        """
        left = self._give(memoryview(data))
        process.hand_over(self._theirs)
        for descriptor in self._theirs:
            os.close(descriptor)
        self._theirs.clear()
        return left

    def converse(self, process: CandidateProcess, left: memoryview) -> None:
        """Give the rest of the input, and take the output until the program has ended.

        It has ended when nobody holds its output, its errors and its channel any more.

        Raises:
            CandidateStoppedError: it is out of time, wrote too much, or sent bytes over its channel.
        """
        poll = select.poll()
        waited = {self._from, self._errors, process.fileno()}
        for descriptor in waited:
            poll.register(descriptor, _READABLE)
        if left:
            poll.register(self._into, select.POLLOUT)
        while waited:
            for descriptor, _events in poll.poll(_LOOK_MS):
                if descriptor == self._into:
                    left = self._give(left)
                    if not left:
                        poll.unregister(descriptor)
                elif not self._take(descriptor, process):
                    poll.unregister(descriptor)
                    waited.discard(descriptor)
            process.check_time(float("inf"))
        if left:
            self._close_input()

    def _give(self, left: memoryview) -> memoryview:
        try:
            while left:
                left = left[os.write(self._into, left[:_CHUNK]) :]
        except BlockingIOError:
            return left
        except BrokenPipeError:
            left = left[len(left) :]
        self._close_input()
        return left

    def _close_input(self) -> None:
        os.close(self._into)
        self._ours.discard(self._into)

    def _take(self, descriptor: int, process: CandidateProcess) -> bool:
        """Take what has come over one stream; returns False at its end."""
        if descriptor == process.fileno():
            if process.has_hung_up():
                return False
            protocol_violation("bytes beside its output")
        data = os.read(descriptor, _CHUNK)
        if descriptor == self._errors:
            self.errors += data
            del self.errors[:-_TAIL]
        else:
            self.output += data
            if len(self.output) > self._output_bytes:
                stop_with(Verdict.OUTPUT_LIMIT, f"wrote more than {self._output_bytes:,} bytes")
        return bool(data)
