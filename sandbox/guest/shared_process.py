"""The shared process: runs verified programs one after another, each in a namespace of its own.

It is as untrusted as the process of a single program: it answers by value and never sees a test. What keeps
its programs apart is `verifier`; what would show that it failed are the canaries, which are looked at before
any answer leaves.

Programs come in groups, each in a namespace of its own. The first of a group, at place 0, ends those before.

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

from sandbox.guest.responder import Answers, RefusedError
from sandbox.guest.shared_state import World
from sandbox.wire.codec import encode
from sandbox.wire.frames import PROGRAM, Frames, frame
from sandbox.wire.groups import ANSWER, ANSWERS, HEADS, MOST_WAITING, REFUSED, SELECT

__all__ = ["serve"]


_COLLECTED = 64


def serve(frames: Frames, send: Callable[[bytes], object], value_bytes: int, world: "World") -> None:
    """Load programs and answer calls until the channel closes."""
    gc.disable()  # no program can tell; what one leaves behind is collected now and then, between groups
    _shut_codecs()
    group = _Group(world, value_bytes)
    gc.freeze()

    while (request := frames.read()) is not None:
        kind, payload = request
        if kind == ANSWER:
            send(group.all_said())
        elif kind == PROGRAM:
            # Programs are called from here, as deep as in a process of their own: they can count that.
            place, source, entry_point = marshal.loads(payload)  # noqa: S302 - the judge's bytes
            program = group.begin(place)
            try:
                code = program.answers.compiled(source, world.compiler(entry_point))
            except RefusedError as refusal:
                group.refuse(refusal)
                continue
            if code is not None:
                program.loaded = program.answers.load(code, program.namespace, entry_point)
                program.going = program.loaded
        elif kind == SELECT:
            group.turn_to(int.from_bytes(payload, "little"))
        elif (at := group.going()) is not None:
            # No test goes on after an exception; one that does asks again.
            at.going = at.answers.reply(kind, payload)


class _Program:
    """One program of a group: its answers, its globals, what it has used, and whether it is to go on."""

    __slots__ = ("answers", "cpu_s", "going", "loaded", "namespace")

    def __init__(self, answers: Answers, namespace: dict[str, Any]) -> None:
        self.answers = answers
        self.namespace = namespace
        self.cpu_s = 0.0
        self.loaded = self.going = False


class _Group:
    """The programs that are here together, and what is to be said of them."""

    def __init__(self, world: "World", value_bytes: int) -> None:
        self._world = world
        self._value_bytes = value_bytes
        self._said = bytearray()
        self._programs: list[_Program] = []
        self._at: _Program | None = None
        self._since = 0.0
        self._until_collection = _COLLECTED

    def begin(self, place: int) -> _Program:
        """Have what follows answered by a new program; the first of a group ends those before."""
        if place == 0:
            self._end()
        self._charge()
        self._at = _Program(Answers(self._said.extend, self._value_bytes), self._world.namespace())
        self._programs.append(self._at)
        self._said += frame(SELECT, place.to_bytes(4, "little"))
        return self._at

    def refuse(self, refusal: RefusedError) -> None:
        """Say that the program is none for here."""
        self._said += frame(REFUSED, encode(str(refusal)))

    def turn_to(self, place: int) -> None:
        """Have what follows answered by another program of the group."""
        self._charge()
        self._at = self._programs[place]
        self._at.going = self._at.loaded
        self._said += frame(SELECT, place.to_bytes(4, "little"))

    def going(self) -> _Program | None:
        """Return the program whose turn it is, if it is to answer."""
        at = self._at
        return at if at is not None and at.going and len(self._said) < MOST_WAITING else None

    def all_said(self) -> bytes:
        """Return all answers since the last time, behind the word whether they count."""
        self._charge()
        used = [program.cpu_s for program in self._programs]
        said = frame(ANSWERS, HEADS[len(used)].pack(self._world.is_sound(), *used) + self._said)
        self._said.clear()
        return said

    def _charge(self) -> None:
        """Put the time since the last turn down to the program whose turn it was."""
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
