"""The shared process: runs verified programs one after another, each in a namespace of its own.

It is as untrusted as the process of a single program: it answers by value and never sees a test. What keeps
its programs apart is `verifier`; what would show that it failed are the canaries, which are looked at before
any answer leaves.

Programs come in groups, each in a namespace of its own. The first of a group, at place 0, ends those before.

    to it    P  a program: place, source, entry point    O  what follows is for the program at that place
             C M W  calls: as ever, or with arguments as marshal has them    A  answer now
    back     T  soundness, the CPU seconds of each program, and, one after another, frames:
             O  what follows is from the program at that place    Q  refused: for what    R S V X L  as ever
"""

import _codecs
import _imp
import builtins
import encodings
import gc
import marshal
import math
import os
import resource
import struct
import sys
import time
from collections.abc import Callable
from types import CodeType
from typing import Any, Final, NoReturn

from sandbox.allowed import BUILTINS, MATH
from sandbox.answers import Answers, RefusedError
from sandbox.codec import encode
from sandbox.frames import GROUP, Frames, frame
from sandbox.verifier import verified

__all__ = ["HEADS", "MOST_WAITING", "World", "importable_names", "serve"]

# Soundness and CPU seconds, by the number of programs.
HEADS: Final = tuple(struct.Struct(f"<?{programs}d") for programs in range(GROUP + 1))

_GROWTH_KIB = 64 << 10
MOST_WAITING: Final = 4 << 20  # bytes of answers; the judge asks again for what is left
_COLLECTED = 64


def serve(frames: Frames, send: Callable[[bytes], object], value_bytes: int, world: "World") -> None:
    """Load programs and answer calls until the channel closes."""
    gc.disable()  # no program can tell; what one leaves behind is collected now and then, between groups
    _shut_codecs()
    group = _Group(world, value_bytes)
    gc.freeze()

    while (request := frames.read()) is not None:
        kind, payload = request
        if kind == b"A":
            send(group.all_said())
        elif kind == b"P":
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
        elif kind == b"O":
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
        self._said += frame(b"O", place.to_bytes(4, "little"))
        return self._at

    def refuse(self, refusal: RefusedError) -> None:
        """Say that the program is none for here."""
        self._said += frame(b"Q", encode(str(refusal)))

    def turn_to(self, place: int) -> None:
        """Have what follows answered by another program of the group."""
        self._charge()
        self._at = self._programs[place]
        self._at.going = self._at.loaded
        self._said += frame(b"O", place.to_bytes(4, "little"))

    def going(self) -> _Program | None:
        """Return the program whose turn it is, if it is to answer."""
        at = self._at
        return at if at is not None and at.going and len(self._said) < MOST_WAITING else None

    def all_said(self) -> bytes:
        """Return all answers since the last time, behind the word whether they count."""
        self._charge()
        used = [program.cpu_s for program in self._programs]
        said = frame(b"T", HEADS[len(used)].pack(self._world.is_sound(), *used) + self._said)
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


class World:
    """What programs of the small language share, and the canaries that tell whether it is unchanged.

    Args:
        importable: the names of all top-level modules that are there.

    Attributes:
        math: what stands for the module `math`: a module that has the names of `MATH`, and no others.
    """

    def __init__(self, importable: frozenset[str]) -> None:
        self._importable = importable
        self.math: Any = type(sys)("math")
        vars(self.math).update({name: getattr(math, name) for name in sorted(MATH) if hasattr(math, name)})
        self._builtins: dict[str, Any] = {name: getattr(builtins, name) for name in BUILTINS}
        # What a bare namespace finds under this name: that of the module of builtins.
        self._builtins |= {"__name__": "builtins", "__import__": self._import, "type": type}
        # Their identity and content, as lists that one comparison goes through.
        self._held = [vars(builtins), self._builtins, vars(self.math)]
        self._kept: list[dict[str, Any]] = []
        self._state: object = None
        self._most_kib = 0
        self.begin()

    def begin(self) -> None:
        """Take what is there now as what is to stay."""
        self._kept = [dict(held) for held in self._held]
        self._state = self._looked()

    def namespace(self) -> dict[str, Any]:
        """Return globals for one program, with builtins of its own."""
        return {"__builtins__": self._builtins.copy()}

    def compiler(self, entry_point: str) -> Callable[[str, str], CodeType]:
        """Return what compiles a text with this entry point; it raises what `verified` does."""

        def compiler(source: str, name: str) -> CodeType:
            return verified(source, name, self.is_absent, entry_point)

        return compiler

    def is_sound(self) -> bool:
        """Whether every shared object is the one it was and holds what it held, and memory has not grown."""
        peak_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        self._most_kib = self._most_kib or peak_kib + _GROWTH_KIB
        return self._held == self._kept and self._looked() == self._state and peak_kib < self._most_kib

    def is_absent(self, name: str) -> bool:
        """Whether there is no top-level module of this name: to import it fails and does nothing else."""
        return name not in self._importable and name not in sys.modules and not _imp.is_frozen(name)

    def _import(
        self, name: str, _globals: object = None, _locals: object = None, _names: object = (), _level: int = 0
    ) -> object:
        if name == "math":
            return self.math
        absent = name.partition(".")[0]
        raise ModuleNotFoundError(f"No module named {absent!r}", name=absent)

    def _looked(self) -> object:
        """Return the settings of the interpreter that programs would notice."""
        return (
            len(sys.modules), sys.getrecursionlimit(), sys.gettrace(), sys.getprofile(),
            sys.stdin, sys.stdout, sys.stderr, gc.get_threshold(),
        )  # fmt: skip


def importable_names() -> frozenset[str]:
    """Return the names of all top-level modules that an import here finds, as far as file names tell."""
    names = set(sys.builtin_module_names) | set(sys.stdlib_module_names) | set(sys.modules)
    for folder in sys.path:
        try:
            names.update(entry.partition(".")[0] for entry in os.listdir(folder or "."))
        except OSError:
            continue  # nothing can be imported from there either
    return frozenset(names)


def _shut_codecs() -> None:
    """End this process where a program makes Python look for a codec that is not written in C.

    `str(b"x", "idna")` would import modules and keep them. The common codecs never come this way.
    """
    _codecs.unregister(encodings.search_function)
    _codecs.register(_end)


def _end(_name: str) -> NoReturn:
    os._exit(1)
