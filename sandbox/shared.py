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

import builtins
import gc
import importlib
import marshal
import re
import resource
import struct
import sys
import time
import typing
from collections.abc import Callable
from operator import attrgetter
from types import CodeType
from typing import Any, Final

from sandbox.allowed import BUILTINS, DIGEST, PAIRS
from sandbox.answers import Answers, RefusedError
from sandbox.codec import encode
from sandbox.frames import GROUP, Frames, frame
from sandbox.verifier import verified

__all__ = ["HEADS", "MOST_WAITING", "World", "serve"]

# Soundness and CPU seconds, by the number of programs.
HEADS: Final = tuple(struct.Struct(f"<?{programs}d") for programs in range(GROUP + 1))

_GROWTH_KIB = 64 << 10
MOST_WAITING: Final = 4 << 20  # bytes of answers; the judge asks again for what is left
_HEAP_TYPE = 1 << 9
_COLLECTED = 64


def serve(frames: Frames, send: Callable[[bytes], object], value_bytes: int) -> None:
    """Load programs and answer calls until the channel closes."""
    gc.disable()  # no program can tell; what one leaves behind is collected now and then, between groups
    world = World()
    group = _Group(world, value_bytes)
    gc.freeze()

    def admitted(source: str, name: str) -> CodeType:
        return verified(source, name, world.is_absent)

    while (request := frames.read()) is not None:
        kind, payload = request
        if kind == b"A":
            send(group.all_said())
        elif kind == b"P":
            # Programs are called from here, as deep as in a process of their own: they can count that.
            place, source, entry_point = marshal.loads(payload)  # noqa: S302 - the judge's bytes
            program = group.begin(place)
            try:
                code = program.answers.compiled(source, admitted)
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
        self._world.forget()
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
        self._world.forget()
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
    """Everything that verified programs share, and the canaries that tell whether it is unchanged.

    Attributes:
        modules: what programs may import: each with the names that `PAIRS` gives it, and no others.
    """

    def __init__(self) -> None:
        self.modules = {name: _narrowed(name, names) for name, names in PAIRS.items()}
        self._absent: dict[str, bool] = {}
        self._builtins = {name: getattr(builtins, name) for name in BUILTINS}
        # What a bare namespace finds under this name: that of the module of builtins.
        self._builtins |= {"__name__": "builtins", "__import__": self._import, "type": type}
        # Their identity and content, as lists that one comparison goes through.
        self._held = [vars(builtins), self._builtins, *map(vars, self.modules.values())]
        self._functions: list[Any] = []
        for thing in [value for module in self.modules.values() for value in vars(module).values()]:
            self._watch(thing)
        self._kept = [dict(held) for held in self._held]
        # Caches that find by equality: after `List[list[1]]` they would give it for `List[list[True]]`, too.
        of_typing = typing._cleanups  # type: ignore[attr-defined]  # noqa: SLF001 - nothing public empties them
        self._caches: list[Callable[[], object]] = [re.purge, *of_typing]
        self._state = self._looked()
        self._peak_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss + _GROWTH_KIB

    def namespace(self) -> dict[str, Any]:
        """Return globals for one program, with builtins of its own."""
        return {"__builtins__": self._builtins.copy()}

    def is_sound(self) -> bool:
        """Whether every shared object is the one it was and holds what it held, and memory has not grown."""
        return (
            self._held == self._kept
            and self._looked() == self._state
            and resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < self._peak_kib
        )

    def forget(self) -> None:
        """Empty what the modules keep of one program and would find for another."""
        for clear in self._caches:
            clear()

    def is_absent(self, name: str) -> bool:
        """Whether there is no top-level module of this name: to import it fails and does nothing else."""
        found = self._absent.get(name)
        if found is None:
            specs = (finder.find_spec(name, None) for finder in sys.meta_path)
            found = self._absent[name] = name not in self.modules and all(spec is None for spec in specs)
        return found

    def _import(
        self, name: str, _globals: object = None, _locals: object = None, _names: object = (), _level: int = 0
    ) -> object:
        module = self.modules.get(name)
        if module is None:
            absent = name.partition(".")[0]
            raise ModuleNotFoundError(f"No module named {absent!r}", name=absent)
        return module

    def _watch(self, thing: Any) -> None:  # noqa: ANN401 - any shared object
        """Note what can change about an object: the dict of a class or instance, a function's code."""
        if hasattr(thing, "__code__"):
            self._functions.append(thing)
        elif isinstance(thing, type):
            if thing.__flags__ & _HEAP_TYPE:
                self._held.append(vars(thing))
                for inside in vars(thing).values():
                    self._watch(getattr(inside, "__func__", inside))
        elif hasattr(thing, "__dict__"):
            self._held.append(vars(thing))

    def _looked(self) -> tuple[object, ...]:
        return (
            list(map(attrgetter("__code__"), self._functions)),
            list(map(attrgetter("__defaults__"), self._functions)),
            len(sys.modules), sys.getrecursionlimit(), sys.gettrace(), sys.getprofile(),
            sys.stdin, sys.stdout, sys.stderr, gc.isenabled(), gc.get_threshold(),
        )  # fmt: skip


def _narrowed(name: str, names: frozenset[str]) -> Any:  # noqa: ANN401 - a module
    """Return a module that has only these names of the one it stands for."""
    module = type(sys)(name)
    if name == "hashlib":
        vars(module)[DIGEST] = _digest()
        return module
    real = importlib.import_module(name)
    vars(module).update({each: getattr(real, each) for each in sorted(names) if hasattr(real, each)})
    return module


def _digest() -> Any:  # noqa: ANN401 - the type of a builtin module
    try:  # `hashlib` takes longer to load than most programs to run
        return getattr(importlib.import_module(f"_{DIGEST}"), DIGEST)
    except ImportError:  # an interpreter that was built without it
        return getattr(importlib.import_module("hashlib"), DIGEST)
