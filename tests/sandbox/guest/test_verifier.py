"""What the verifier admits and what it refuses, and what programs of the small language share."""

import builtins
import sys
from typing import Any

import pytest
from attacks.runner import load_corpus

from sandbox.guest.responder import VerifierRefusedError
from sandbox.guest.shared_state import SharedState, importable_names
from sandbox.guest.verifier import verified

ADMITTED = {
    "typed function": "from typing import List, Optional\ndef f(x: List[int]) -> Optional[int]:\n    '''Doc.'''\n    return x[0]",
    "loops and slices": "def f(s):\n    out = []\n    for i, c in enumerate(s[::-1]):\n        out.append(c.upper() * i)\n    return ''.join(out)",
    "module": "import math as m\ndef f(x):\n    return m.sqrt(x) + m.pi",
    "import inside": "def f(x):\n    from math import gcd\n    return gcd(x, 4)",
    "docstring of the module": "'''Doc.'''\ndef f(x):\n    return x",
    "texts that stand for themselves": "'''Doc.'''\nfrom typing import List\n'more'\n'''Doc.'''\ndef f(x: List[int]):\n    return x\n'end'",
    "text after an import from typing": "from typing import List\n'text'\ndef f(x: List[int]):\n    return x",
    "closures": "def f(n):\n    def g(k):\n        nonlocal n\n        n += k\n        return n\n    return g(1)",
    "comprehensions": "f = lambda a: {k: [v for v in b if (w := v)] for k, b in a.items()}",
    "handlers": "def f(x):\n    try:\n        return int(x)\n    except (ValueError, TypeError) as e:\n        return str(e)",
    "type compared": "def f(x):\n    return type(x) == int or type(x) in (str, list)",
    "templates": "def f(a, b):\n    return '{} {0!r:>4}'.format(a) + '{:.2f}{name}'.format(b, name=a) + f'{a:>{b}}' + '%s' % a",
    "own names of builtins": "def f(input, id, vars):\n    object = input + id\n    return object + vars",
    "main block": "def f(x):\n    return x\nif __name__ == '__main__':\n    import doctest\n    doctest.testmod()",
    "what is caught is worked out": "def f(x):\n    try:\n        return 1\n    except x[0]:\n        pass",
    "generator": "def f(n):\n    def g():\n        yield from range(n)\n    return list(g())",
    "module that is not there": "import gone.part as math\ndef f(x):\n    return x",
    "attribute of an unbound name": "def f(x):\n    return math.sqrt(x)",
    "throwaway": "def f(n):\n    return [0 for _ in range(n)]",
    "unknown name": "def f(n):\n    return array(n) if n > 3 else n",
    "annotation that may fail": "def f(n: unknown.name): return n",
    "annotated name": "x: int = 3\ny: 'anything'\ndef f(n): return n",
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
    "private attribute": "import math\nmath._sys",
    "private argument": "def f(_x): return _x",
    "private keyword": "f(_x=1)",
    "private alias": "import math as _m",
    "private name from math": "from math import pi as _p",
    "private name from typing": "from typing import List as _L\nx = _L",
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
    "generator that catches": "def f():\n    try:\n        yield 1\n    except (KeyError, ValueError):\n        pass",
    "generator beside what catches": "def f():\n    yield 1\ndef g():\n    try:\n        f()\n    except ValueError:\n        pass",
    "generator of generators beside what catches": "try:\n    f = lambda: (yield from [])\nexcept ValueError:\n    pass",
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
    "module as a value": "import math\nx = math",
    "module in a container": "import math\n[math][0].pi",
    "module through a capture": "import math\n(x := math)",
    "module as an argument": "import math\nprint(math)",
    "module rebound": "import math\nmath = 1\nmath.pi",
    "module as a parameter": "import math\ndef f(math):\n    return math.pi",
    "module caught": "import math\ntry:\n    pass\nexcept ValueError as math:\n    pass",
    "module as the entry point": "import math as entry",
    "what math has not": "import math\nmath.os",
    "what math has not by name": "from math import os",
    "sums of products": "import math\nmath.sumprod([1], [2])",
    "recursion limit": "import sys\nsys.setrecursionlimit(10**6)",
    "interpreter": "from sys import modules",
    **{
        f"module {name}": f"import {name}"
        for name in (
            "re",
            "collections",
            "itertools",
            "functools",
            "operator",
            "heapq",
            "bisect",
            "copy",
            "string",
            "random",
            "time",
            "typing",
            "decimal",
            "fractions",
            "statistics",
            "hashlib",
            "datetime",
            "array",
            "numbers",
            "abc",
            "builtins",
        )
    },
    "hints": "from typing import get_type_hints",
    "named tuple": "from typing import NamedTuple",
    "type variable": "from typing import TypeVar",
    "cast": "from typing import cast",
    "typing inside": "def f():\n    from typing import List",
    "typing outside annotations": "from typing import List\nx = List[int]",
    "typing bound": "from typing import List\nList = 3",
    "typing twice over": "from typing import List as A, Dict as A",
    "typing as an entry point": "from typing import List as entry",
    "annotation with a name that is bound": "def f(x: int): pass\nint = 3",
    "annotation with a parameter": "from typing import List\ndef f(List, x: List[int]): pass\n",
    "annotations read": "def f(x: int): pass\nf.__annotations__",
    "class that tells": "().real.mro",
    "encoding": "'x'.encode('idna')",
    "decoding": "b'x'.decode('idna')",
    "bytes": "bytes(3)",
    "slices made": "slice(1)",
    "sent to a generator": "(i for i in []).send(1)",
    "thrown into a generator": "(i for i in []).throw(ValueError)",
    "generator closed": "(i for i in []).close()",
    "start of a range": "range(3).start",
    "type parameters": "def f[T](x: T): return x",
    "long": "x = 1\n" * 20_000,
    "module that is there": "import ctypes",
    "relative import of what is absent": "from .numpy import x",
    "attribute of a module that may be there": "try:\n    import numpy as m\nexcept ImportError:\n    m = 1\nm.mro",
}


WORLD = SharedState(importable_names())


@pytest.mark.parametrize("source", ADMITTED.values(), ids=ADMITTED)
def test_plain_program_is_admitted(source: str) -> None:
    assert verified(source, "<candidate>", WORLD.is_absent, "f").co_filename == "<candidate>"


@pytest.mark.parametrize("source", REFUSED.values(), ids=REFUSED)
def test_program_with_a_way_out_is_refused(source: str) -> None:
    with pytest.raises((VerifierRefusedError, SyntaxError)) as refusal:
        verified(source, "<candidate>", WORLD.is_absent, "entry")
    # What a newer Python's grammar has is no Python for an older one.
    assert refusal.type is VerifierRefusedError or "[T]" in source


def test_absence_is_told_of_modules_that_are_not_there_alone() -> None:
    state = SharedState(importable_names())
    asked = ("ctypes", "math", "json", "__main__", "tests", "not_here")
    assert [state.is_absent(name) for name in asked] == [False] * 5 + [True]
    with pytest.raises(ModuleNotFoundError, match=r"^No module named 'not_here'$") as told:
        state.namespace()["__builtins__"]["__import__"]("not_here.part")
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
        except (VerifierRefusedError, SyntaxError, ValueError, MemoryError, RecursionError):
            continue
        admitted[attack.attack_class] = admitted.get(attack.attack_class, 0) + 1
    assert not admitted.keys() & {"files", "introspection", "kernel", "processes", "protocol"}
    assert admitted["controls"] > 5


def _replaced_builtin(_state: SharedState, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(builtins, "sorted", list)


def _another_module(_state: SharedState, patch: pytest.MonkeyPatch) -> None:
    patch.setitem(sys.modules, "another", sys)


def _recursion_limit(_state: SharedState, _patch: pytest.MonkeyPatch) -> None:
    sys.setrecursionlimit(sys.getrecursionlimit() + 1)


def _other_output(_state: SharedState, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(sys, "stdout", sys.__stderr__)


def _handed_out(state: SharedState, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(state.math, "pi", 3)


def _added_to_math(state: SharedState, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(state.math, "tau2", 12.5, raising=False)


HARMS = [_replaced_builtin, _another_module, _recursion_limit, _other_output, _handed_out, _added_to_math]


@pytest.mark.parametrize("harm", HARMS)
def test_canary_sees_what_changed(harm: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    state, limit = SharedState(importable_names()), sys.getrecursionlimit()
    assert state.is_unchanged()
    with monkeypatch.context() as patch:
        harm(state, patch)
        sound = state.is_unchanged()
        sys.setrecursionlimit(limit)
    assert not sound
    assert state.is_unchanged()


def test_programs_get_builtins_of_their_own() -> None:
    state = SharedState(importable_names())
    first, second = state.namespace(), state.namespace()
    exec(verified("def f():\n    return sum([1, 2])\n", "x"), first)
    first["__builtins__"]["sum"] = max
    exec(verified("def f():\n    return sum([1, 2])\n", "x"), second)
    assert (first["f"](), second["f"]()) == (2, 3)
    assert state.is_unchanged()
