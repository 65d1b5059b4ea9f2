"""What the verifier admits, what it refuses, and that nothing it lets through leads anywhere."""

import builtins
import types
from collections.abc import Iterator
from typing import Any

import pytest
from attacks.runner import load_corpus

from sandbox.allowed import ATTRIBUTES, BUILTINS, PAIRS
from sandbox.answers import RefusedError
from sandbox.shared import World
from sandbox.verifier import verified

ADMITTED = {
    "typed function": "from typing import List, Optional\ndef f(x: List[int]) -> Optional[int]:\n    '''Doc.'''\n    return x[0]",
    "loops and slices": "def f(s):\n    out = []\n    for i, c in enumerate(s[::-1]):\n        out.append(c.upper() * i)\n    return ''.join(out)",
    "modules": "import math, re as rx\ndef f(x):\n    return math.sqrt(x) + len(rx.findall('a', 'aa'))",
    "import inside": "def f(x):\n    from collections import Counter\n    return Counter(x).most_common(1)[0]",
    "closures": "def f(n):\n    def g(k):\n        nonlocal n\n        n += k\n        return n\n    return g(1)",
    "comprehensions": "f = lambda a: {k: [v for v in b if (w := v)] for k, b in a.items()}",
    "handlers": "def f(x):\n    try:\n        return int(x)\n    except (ValueError, TypeError) as e:\n        return str(e)",
    "type compared": "def f(x):\n    return type(x) == int or type(x) in (str, bytes)",
    "templates": "def f(a, b):\n    return '{} {0!r:>4}'.format(a) + '{:.2f}{name}'.format(b, name=a) + f'{a:>{b}}' + '%s' % a",
    "own names of builtins": "def f(input, id, vars):\n    object = input + id\n    return object + vars",
    "main block": "def f(x):\n    return x\nif __name__ == '__main__':\n    import doctest\n    doctest.testmod()",
    "generator that catches": "def f():\n    try:\n        yield 1\n    except (KeyError, ValueError):\n        pass",
    "what is caught is worked out": "def f(x):\n    try:\n        return 1\n    except x[0]:\n        pass",
    "generator": "def f(n):\n    def g():\n        yield from range(n)\n    return list(g())",
    "cached": "from functools import lru_cache\n@lru_cache(maxsize=None)\ndef f(n):\n    return 1 if n < 2 else n * f(n - 1)",
    "compiled pattern": "import re\nf = re.compile('a').findall",
    "module that is not used": "import os, random\ndef f(x):\n    return x",
    "attribute of an unbound name": "def f(x):\n    return math.sqrt(x)",
    "throwaway": "def f(n):\n    return [0 for _ in range(n)]",
    "unknown name": "def f(n):\n    return np.array(n) if n > 3 else n".replace("np.array", "array"),
}  # fmt: skip

REFUSED = {
    "class": "class A: pass",
    "match": "match 1:\n    case int(real=x): pass",
    "with": "with open('x') as g: pass",
    "coroutine": "async def f(): pass",
    "asynchronous loop": "async def f(a):\n    return [b async for b in a]",
    "attribute store": "def f(): pass\nf.x = 1",
    "attribute store by loop": "for math.pi in [3]: pass",
    "attribute store in tuple": "import math\n(math.pi, x) = 3, 4",
    "attribute delete": "import math\ndel math.pi",
    "augmented attribute": "import math\nmath.pi += 1",
    "dunder attribute": "().__class__",
    "dunder name": "__builtins__['print'] = 1",
    "dunder import": "__import__('os')",
    "private name": "def _f(): pass",
    "private attribute": "import collections\ncollections._sys",
    "private argument": "def f(_x): return _x",
    "private keyword": "f(_x=1)",
    "private alias": "import math as _m",
    "private capture": "try:\n    pass\nexcept ValueError as __e: pass",
    "private global": "def f():\n    global __builtins__\n    __builtins__ = {}",
    "normalised dunder": "().__cl\U0001d41ass__",
    "name of the module": "def f():\n    return __name__",
    "bound main": "__name__ = '__main__'\nif __name__ == '__main__':\n    pass",
    "bare handler": "try:\n    pass\nexcept:\n    pass",
    "widest handler": "try:\n    pass\nexcept BaseException:\n    pass",
    "handler of exits": "try:\n    pass\nexcept SystemExit:\n    pass",
    "exception groups": "try:\n    pass\nexcept* ValueError:\n    pass",
    "getattr": "getattr(1, 'real')",
    "setattr": "g = setattr",
    "globals": "globals()['x'] = 1",
    "locals": "locals()",
    "vars": "vars()",
    "dir": "dir()",
    "compile from re": "from re import compile",
    "eval": "eval('1')",
    "exec": "exec('1')",
    "compile": "compile('1', '', 'eval')",
    "open": "open('/tmp/x')",
    "input": "input()",
    "id": "id(1)",
    "hash": "hash(1)",
    "object": "object()",
    "super": "super()",
    "memoryview": "memoryview(b'')",
    "breakpoint": "breakpoint()",
    "exit": "exit()" if hasattr(builtins, "exit") else "SystemExit()",
    "builtin after its own name": "def f(input):\n    return input\nprint(input())",
    "blocked in a lambda's default": "f = lambda x=vars: x",
    "blocked in an annotation": "def f(x: eval('1')): pass",
    "blocked in a decorator": "@eval\ndef f(): pass",
    "type that makes classes": "type('A', (), {})",
    "type as a value": "f = map(type, [1])",
    "type of a type": "type(type(1) == 1)('A', (), {})".replace("type(type(1) == 1)", "type(1)"),
    "type with a star": "type(*[1]) == int",
    "type in a handler": "try:\n    pass\nexcept type as e: pass",
    "format with attributes": "'{0.__class__}'.format(1)",
    "format with items": "'{0[x]}'.format({})",
    "format nested": "'{:{0.real}}'.format(1)",
    "format of a variable": "def f(s):\n    return s.format(1)",
    "format unbound": "str.format('{0.__class__}', 1)",
    "format of an f-string": "f'{1}'.format(1)",
    "format map": "'{a}'.format_map({})",
    "format of joined constants": "('{0.' + 'real}').format(1)",
    "generator frame": "def f():\n    g = (i for i in [])\n    return g.gi_frame",
    "traceback": "def f(e):\n    return e.tb_next",
    "code": "def f(g):\n    return g.co_consts",
    "method of a type": "int.mro()",
    "exception's object": "def f(e):\n    return e.obj",
    "generator that cleans up": "def f():\n    try:\n        yield 1\n    finally:\n        print(2)",
    "generator that works out what it catches": "def f(x):\n    try:\n        yield 1\n    except x[0]:\n        pass",
    "the same in a tuple": "def f(x):\n    try:\n        yield 1\n    except (ValueError, *x):\n        pass",
    "os": "import os\nos.getcwd()",
    "dotted": "import os.path",
    "star": "from math import *",
    "relative": "from . import x",
    "future": "from __future__ import annotations",
    "random": "import random\nrandom.random()",
    "time": "import time as t\nx = t.time()",
    "os as a value": "import os\nx = os",
    "unbound name of a builtin's attribute": "int.mro",
    "attribute of what is bound later": "def f():\n    return g.gi_frame\nfor g in []: pass",
    "a module's module": "import collections\ncollections.abc",
    "module as a value": "import re\nx = re",
    "module in a container": "import re\n[re][0].enum",
    "module through a capture": "import re\n(x := re)",
    "module as an argument": "import re\nprint(re)",
    "module rebound": "import re\nre = 1\nre.compile",
    "module of two names": "import re as m\nimport math as m",
    "module as a parameter": "import re\ndef f(re):\n    return re.sub",
    "re's own modules": "import re\nre.copyreg",
    "re's cache": "import re\nre.purge()",
    "re's template": "from re import template",
    "recursion limit": "import sys\nsys.setrecursionlimit(10**6)",
    "interpreter": "from sys import modules",
    "attribute getter": "from operator import attrgetter",
    "method caller": "import operator\noperator.methodcaller('x')",
    "wrapper": "from functools import wraps",
    "updating a wrapper": "import functools\nfunctools.update_wrapper(print, len)",
    "classes of named tuples": "from collections import namedtuple",
    "formatter": "from string import Formatter",
    "string template": "from string import Template",
    "hints": "from typing import get_type_hints",
    "named tuple": "from typing import NamedTuple",
    "protocol": "import typing\ntyping.Protocol",
    "decimal context": "import decimal",
    "statistics": "from statistics import sys",
    "type parameters": "def f[T](x: T): return x",
    "long": "x = 1\n" * 20_000,
    "module that is there": "import ctypes",
    "relative import of what is absent": "from .numpy import x",
    "another digest": "import hashlib\nhashlib.sha256(b'').hexdigest()",
    "digest that is kept": "import hashlib\nx = hashlib.md5(b'')",
    "digest with options": "import hashlib\nhashlib.md5(b'', usedforsecurity=False).hexdigest()",
    "digest of many": "import hashlib\nhashlib.md5(*[b'']).hexdigest()",
    "digest by something else": "import math as hashlib\nhashlib.md5(b'').hexdigest()",
    "digest by a variable": "def f(hashlib):\n    return hashlib.md5(b'').hexdigest()",
    "digest by name": "from hashlib import md5",
    "attribute of a module that may be there": "try:\n    import numpy as m\nexcept ImportError:\n    m = 1\nm.mro",
}


@pytest.mark.parametrize("source", ADMITTED.values(), ids=ADMITTED)
def test_plain_program_is_admitted(source: str) -> None:
    assert verified(source, "<candidate>").co_filename == "<candidate>"


@pytest.mark.parametrize("source", REFUSED.values(), ids=REFUSED)
def test_program_with_a_way_out_is_refused(source: str) -> None:
    with pytest.raises((RefusedError, SyntaxError)) as refusal:
        verified(source, "<candidate>", World().is_absent)
    # What a newer Python's grammar has is no Python for an older one.
    assert refusal.type is RefusedError or "[T]" in source


def test_absence_is_told_of_modules_that_are_not_there_alone() -> None:
    world = World()
    assert [world.is_absent(name) for name in ("ctypes", "math", "json", "not_here")] == [
        False,
        False,
        False,
        True,
    ]
    with pytest.raises(ModuleNotFoundError, match=r"^No module named 'not_here'$") as told:
        world.namespace()["__builtins__"]["__import__"]("not_here.part")
    assert told.value.name == "not_here"


def test_program_that_does_not_parse_is_told_as_the_compiler_tells_it() -> None:
    for source in ("def f(:", "return 1", "x = '\0'", "'\ud800'", "def f():\n    break"):
        with pytest.raises((SyntaxError, ValueError)) as expected:
            compile(source, "<candidate>", "exec", dont_inherit=True)
        with pytest.raises(expected.type) as told:
            verified(source, "<candidate>")
        assert str(told.value) == str(expected.value)


def test_attacks_that_the_verifier_admits_stay_within_their_own_values() -> None:
    """Few attacks are plain programs; each class that reaches for anything must be refused whole."""
    admitted: dict[str, int] = {}
    for attack in load_corpus():
        try:
            verified(attack.source, "<candidate>")
        except (RefusedError, SyntaxError, ValueError, MemoryError, RecursionError):
            continue
        admitted[attack.attack_class] = admitted.get(attack.attack_class, 0) + 1
    assert not admitted.keys() & {"files", "introspection", "kernel", "processes", "protocol"}
    assert admitted["controls"] > 5


def _reachable() -> Iterator[Any]:
    """Yield everything that names, pairs and attributes lead to from what programs share."""
    world = World()
    seen: dict[object, Any] = {}
    plain = (str, bytes, int, float, complex, bool)  # of these, one of each is enough
    shared = [*(getattr(builtins, name) for name in BUILTINS)]
    shared += [
        value for module in world.modules.values() for name, value in vars(module).items() if name[0] != "_"
    ]
    waiting = [*shared, *(kind() for kind in (str, bytes, bytearray, list, dict, set, int, float, complex))]
    waiting += [(x for x in ()), lambda: None, ValueError("x"), slice(1), range(1)]
    while waiting:
        thing = waiting.pop()
        key = type(thing) if type(thing) in plain else id(thing)
        if key in seen:
            continue
        seen[key] = thing
        yield thing
        for name in ATTRIBUTES:
            try:
                found = getattr(thing, name)
            except (AttributeError, TypeError):
                continue
            if not isinstance(found, types.BuiltinMethodType | types.MethodType | types.MethodWrapperType):
                waiting.append(found)


def test_nothing_that_can_be_reached_leads_back_to_the_interpreter() -> None:
    forbidden = (
        types.ModuleType,
        types.FrameType,
        types.CodeType,
        types.TracebackType,
        types.MappingProxyType,
    )
    reached = list(_reachable())
    assert len(reached) > 250
    assert not [thing for thing in reached if isinstance(thing, forbidden)]
    assert not {type, object, BaseException, getattr, setattr, eval, exec, open} & {
        thing for thing in reached if isinstance(thing, type | types.BuiltinFunctionType)
    }


def test_no_mutable_container_is_shared() -> None:
    world = World()
    shared = [
        value for module in world.modules.values() for name, value in vars(module).items() if name[0] != "_"
    ]
    assert not [thing for thing in shared if isinstance(thing, list | dict | set | bytearray)]


def test_pairs_are_what_this_python_has() -> None:
    missing = [f"{module}.{name}" for module, names in PAIRS.items() for name in names
               if not hasattr(__import__(module, fromlist=["x"]), name)]  # fmt: skip
    assert not missing


def _replaced_builtin(_world: World, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(builtins, "sorted", list)


def _added_to_a_class(_world: World, patch: pytest.MonkeyPatch) -> None:
    import collections

    patch.setattr(collections.Counter, "total", lambda _self: 0)


def _other_code(_world: World, patch: pytest.MonkeyPatch) -> None:
    import heapq

    patch.setattr(heapq.nlargest, "__code__", heapq.nsmallest.__code__)


def _other_defaults(_world: World, patch: pytest.MonkeyPatch) -> None:
    import copy

    patch.setattr(copy.deepcopy, "__defaults__", ({}, []))


def _handed_out(world: World, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(world.modules["math"], "pi", 3)


@pytest.mark.parametrize(
    "harm",
    [_replaced_builtin, _added_to_a_class, _other_code, _other_defaults, _handed_out],
)
def test_canary_sees_what_changed(harm: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    world = World()
    assert world.is_sound()
    with monkeypatch.context() as patch:
        harm(world, patch)
        sound = world.is_sound()
    assert not sound
    assert world.is_sound()


def test_programs_get_builtins_of_their_own() -> None:
    world = World()
    first, second = world.namespace(), world.namespace()
    exec(verified("def f():\n    return sum([1, 2])\n", "x"), first)
    first["__builtins__"]["sum"] = max
    exec(verified("def f():\n    return sum([1, 2])\n", "x"), second)
    assert (first["f"](), second["f"]()) == (2, 3)
    assert world.is_sound()
