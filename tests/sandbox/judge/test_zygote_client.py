"""The judge's end of the control socket: each question gets its own answer, whatever interrupts it."""

import signal
import socket
import threading
import time
from types import FrameType
from typing import NoReturn

import pytest

from sandbox.judge.zygote_client import Zygote
from sandbox.wire.control import COMMAND, REPORT


class _AlarmError(BaseException):
    pass


def _alarm(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise _AlarmError


def test_answer_to_an_interrupted_question_is_not_taken_for_the_next() -> None:
    ours, theirs = socket.socketpair()

    def answer() -> None:
        for pause_s in (0.3, 0.0):
            number = COMMAND.unpack(theirs.recv(COMMAND.size))[-1]
            time.sleep(pause_s)
            theirs.send(REPORT.pack(number, 0.0, False, number))  # noqa: FBT003 - a wire field

    thread = threading.Thread(target=answer)
    before = signal.signal(signal.SIGALRM, _alarm)
    with ours, theirs:
        thread.start()
        try:
            signal.setitimer(signal.ITIMER_REAL, 0.1)
            zygote = Zygote(ours, 0)
            with pytest.raises(_AlarmError):
                zygote.cpu_s()
            assert zygote.end().status == 2
        finally:
            signal.signal(signal.SIGALRM, before)
            thread.join()
