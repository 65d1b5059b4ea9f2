"""The shared process: run verified programs one after another, each in a separate namespace.

This process is as untrusted as the process of a single program: it answers by value and never sees a test.
The `verifier` keeps its programs apart; `SharedState` checks, before any answer leaves, that nothing shared
has changed.

Programs arrive in groups. The first of a group, at place 0, ends those before.

The frames are those of `wire/groups.py` and `wire/frames.py`.
"""

import _codecs
import encodings
import gc
import marshal
import os
import time
from collections.abc import Callable
from typing import Any, NoReturn

from sandbox.guest.responder import Responder, VerifierRefusedError
from sandbox.guest.shared_state import SharedState
from sandbox.wire.frames import PROGRAM, Frames, frame
from sandbox.wire.groups import ANSWER, ANSWERS, HEADS, MOST_WAITING, REFUSED, SELECT
from sandbox.wire.value_encoder import encode

__all__ = ["serve"]


_COLLECTED = 64


def serve(frames: Frames, send: Callable[[bytes], object], value_bytes: int, state: "SharedState") -> None:
    """Load programs and answer calls until the judge closes the channel."""
    gc.disable()  # no program can tell; garbage is collected now and then, between groups
    _shut_codecs()
    group = _Group(state, value_bytes)
    gc.freeze()

    while (request := frames.read()) is not None:
        kind, payload = request
        if kind == ANSWER:
            send(group.flush_answers())
        elif kind == PROGRAM:
            # Programs are called from here, as deep as in a process of their own: they can count that.
            place, source, entry_point = marshal.loads(payload)  # noqa: S302 - the judge's bytes
            program = group.begin(place)
            try:
                code = program.answers.compiled(source, state.compiler(entry_point))
            except VerifierRefusedError as refusal:
                group.refuse(refusal)
                continue
            if code is not None:
                program.loaded = program.answers.load(code, program.namespace, entry_point)
                program.active = program.loaded
        elif kind == SELECT:
            group.select(int.from_bytes(payload, "little"))
        elif (at := group.active_program()) is not None:
            # Few tests continue after an exception; one that does sends its calls again.
            at.active = at.answers.reply(kind, payload)


class _Program:
    """One program of a group: its responder, globals and CPU time, and whether it still answers."""

    __slots__ = ("active", "answers", "cpu_s", "loaded", "namespace")

    def __init__(self, answers: Responder, namespace: dict[str, Any]) -> None:
        self.answers = answers
        self.namespace = namespace
        self.cpu_s = 0.0
        self.loaded = self.active = False


class _Group:
    """The programs of the current group, and the answers that wait to be sent."""

    def __init__(self, state: "SharedState", value_bytes: int) -> None:
        self._state = state
        self._value_bytes = value_bytes
        self._answers = bytearray()
        self._programs: list[_Program] = []
        self._at: _Program | None = None
        self._since = 0.0
        self._until_collection = _COLLECTED

    def begin(self, place: int) -> _Program:
        """Add a program, which answers the calls that follow; the first of a group ends those before."""
        if place == 0:
            self._end()
        self._charge()
        self._at = _Program(Responder(self._answers.extend, self._value_bytes), self._state.namespace())
        self._programs.append(self._at)
        self._answers += frame(SELECT, place.to_bytes(4, "little"))
        return self._at

    def refuse(self, refusal: VerifierRefusedError) -> None:
        """Report that the verifier rejected this program."""
        self._answers += frame(REFUSED, encode(str(refusal)))

    def select(self, place: int) -> None:
        """Select the program of the group that answers the calls that follow."""
        self._charge()
        self._at = self._programs[place]
        self._at.active = self._at.loaded
        self._answers += frame(SELECT, place.to_bytes(4, "little"))

    def active_program(self) -> _Program | None:
        """Return the selected program if it is to answer; None where it failed or answers fill the buffer."""
        at = self._at
        return at if at is not None and at.active and len(self._answers) < MOST_WAITING else None

    def flush_answers(self) -> bytes:
        """Return all answers since the last time as one frame, which begins with whether they are valid."""
        self._charge()
        used = [program.cpu_s for program in self._programs]
        said = frame(ANSWERS, HEADS[len(used)].pack(self._state.is_unchanged(), *used) + self._answers)
        self._answers.clear()
        return said

    def _charge(self) -> None:
        """Add the time since the last selection to the program that was selected."""
        now = time.thread_time()
        if self._at is not None:
            self._at.cpu_s += now - self._since
        self._at, self._since = None, now

    def _end(self) -> None:
        for program in self._programs:
            program.namespace.clear()  # a function and its globals hold each other
        self._until_collection -= len(self._programs)
        self._programs.clear()
        self._at = None
        if self._until_collection < 0:
            self._until_collection = _COLLECTED
            gc.collect()


def _shut_codecs() -> None:
    """End this process where a program makes Python look for a codec that is not written in C.

    `str(b"x", "idna")` would import modules and keep them. The common codecs never come this way.
    """
    _codecs.unregister(encodings.search_function)
    _codecs.register(_end)


def _end(_name: str) -> NoReturn:
    os._exit(1)
