"""The shared process: runs verified programs one after another, each in a namespace of its own.

It is as untrusted as the process of a single program: it answers by value and never sees a test. What keeps
its programs apart is `verifier`; what would show that it failed are the canaries, which are looked at before
any answer leaves.

    to it    P  a program: source, entry point    C W  calls as ever    A  answer now
    back     Q  refused: for what    R S V X L  as ever    T  the end of the answers: CPU seconds, soundness
"""

import builtins
import gc
import importlib
import resource
import struct
import sys
import time
from collections.abc import Callable
from operator import attrgetter
from typing import Any

from sandbox.answers import Answers, RefusedError
from sandbox.codec import decode, encode
from sandbox.frames import Frames, frame
from sandbox.verifier import BUILTINS, PAIRS, verified

__all__ = ["TRAILER", "World", "serve"]

# CPU seconds that the program has used so far, and whether all is as it was before it.
TRAILER = struct.Struct("<d?")
_GROWTH_KIB = 64 << 10
_MOST_WAITING = 4 << 20  # bytes of answers; the judge asks again for what is left
_HEAP_TYPE = 1 << 9
_COLLECTED = 64


def serve(frames: Frames, send: Callable[[bytes], object], value_bytes: int) -> None:
    """Load programs and answer calls until the channel closes."""
    gc.disable()  # no program can tell; what one leaves behind is collected now and then, between programs
    world = World()
    said = bytearray()
    programs = 0
    answers = Answers(said.extend, value_bytes)
    namespace: dict[str, Any] = {}
    loaded, going, begun = False, False, time.thread_time()
    while (request := frames.read()) is not None:
        kind, payload = request
        if kind == b"P":
            namespace.clear()  # a function and its globals hold each other
            if (programs := programs + 1) % _COLLECTED == 0:
                gc.collect()
            source, entry_point = decode(payload)
            begun, loaded, going = time.thread_time(), False, False
            answers = Answers(said.extend, value_bytes)
            try:
                code = answers.compiled(source, verified)
            except RefusedError as refusal:
                said += frame(b"Q", encode(str(refusal)))
                continue
            if code is not None:
                namespace = world.namespace()
                loaded = going = answers.load(code, namespace, entry_point)
        elif kind == b"A":
            said += frame(b"T", TRAILER.pack(time.thread_time() - begun, world.is_sound()))
            send(bytes(said))
            said.clear()
            going = loaded
        elif going:
            # No test goes on after an exception; one that does asks again.
            going = answers.reply(kind, payload) and len(said) < _MOST_WAITING


class World:
    """Everything that verified programs share, and the canaries that tell whether it is unchanged.

    Attributes:
        modules: what programs may import: each with the names that `PAIRS` gives it, and no others.
    """

    def __init__(self) -> None:
        self.modules = {name: _narrowed(name, names) for name, names in PAIRS.items()}
        self._builtins = {name: getattr(builtins, name) for name in BUILTINS}
        # What a bare namespace finds under this name: that of the module of builtins.
        self._builtins |= {"__name__": "builtins", "__import__": self._import, "type": type}
        # Their identity and content, as lists that one comparison goes through.
        self._held = [vars(builtins), self._builtins, *map(vars, self.modules.values())]
        self._functions: list[Any] = []
        for thing in [value for module in self.modules.values() for value in vars(module).values()]:
            self._watch(thing)
        self._kept = [dict(held) for held in self._held]
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

    def _import(
        self, name: str, _globals: object = None, _locals: object = None, _names: object = (), _level: int = 0
    ) -> object:
        return self.modules[name]

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
    real = importlib.import_module(name)
    module = type(sys)(name)
    vars(module).update({each: getattr(real, each) for each in sorted(names) if hasattr(real, each)})
    return module
