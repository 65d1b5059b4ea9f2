"""The lean process: a program comes to the same there as in the full one, and cannot reach beyond it.

What a program finds of `typing` there are stand-ins, and everything else ends it, so that it is run where it is.
"""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from textwrap import indent

import pytest
from tests_sandbox import ASK, FRAMES, opened_at

from sandbox import Limits, Outcome, Program, Sandbox, Verdict
from sandbox.jail.policy import DEFAULT
from sandbox.leanness import may_be_lean

LIMITS = Limits(cpu_s=1.5, memory_bytes=1 << 30, value_bytes=1 << 20)
FORMS = "from typing import *\nfrom typing import Any, Callable, Dict, List, Optional, Text, Tuple, Union\n"
ODD = {
    "answer": "def f(): return [1, 'a', 2.5, {3: (4,)}]\n",
    "import that is caught": "def f():\n    try:\n        exec('import gone')\n    except ImportError as e:\n        return str(e)\n",
    "import through a name": "def f():\n    try:\n        from math import gone\n    except ImportError as e:\n        return str(e)[:40]\n",
    "import of a part": "def f():\n    import math; import  os.path as p\n    return p.sep\n",
    "import on one line": "def f():\n    x = 1; import re; return re.escape('.')\n",
    "import from math alone": "from math import *\ndef f(): return sqrt(4), pi\n",
    "star from typing": FORMS + "def f(x: List[int] = None) -> Optional[Dict[str, int]]: return 1\n",
    "form as a value": FORMS + "def f(): return str(List[int])\n",
    "form in isinstance": FORMS + "def f(): return isinstance([], List)\n",
    "form in isinstance of union": FORMS + "def f(): return isinstance(1, Union[int, str])\n",
    "form of text": FORMS + "def f(): return Text('a'), Text is str, isinstance('a', Text)\n",
    "form called": FORMS + "def f(): return List()\n",
    "form compared": FORMS + "def f(): return List[int] == List[int], Any is Any, List == Dict\n",
    "form identical": FORMS + "def f(): return List[int] is List[int], List[int] is Dict[int, int]\n",
    "form as truth": FORMS + "def f(): return 1 if List else 2, not Any\n",
    "form as a key": FORMS + "def f(): return {List: 1}[List], {Any: 2}\n",
    "form of a wrong kind": FORMS + "def f():\n    def g(x: List[3]): pass\n    return 1\n",
    "form of too many": FORMS + "def f(x: Dict[int] = 0): return 1\n",
    "form of a form": FORMS + "def f(x: Callable[[List[int]], Tuple[int, ...]] = 0): return 1\n",
    "form of a bare union": FORMS + "def f(x: List[Union] = 0): return 1\n",
    "form of a text": FORMS + "def f(x: List['a b c'] = 0): return 1\n",
    "form or nothing": FORMS + "def f(x: List[int] | None = 0): return 1\n",
    "form with a star": FORMS + "def f(*x: *Tuple[int]): return 1\n",
    "form of a local class": FORMS + "class A: pass\ndef f(x: List[A] = 0): return 1\n",
    "class of a form": FORMS + "class A(List): pass\ndef f(): return len(A([1]))\n",
    "class of a form with parameters": FORMS + "class A(Dict[str, int]): pass\ndef f(): return len(A(a=1))\n",
    "type of a form": FORMS + "def f(): return type(List).mro(List) if 0 else str(type(Any))\n",
    "form sorted": FORMS + "def f(): return sorted([List, Dict])\n",
    "form in a match": FORMS + "def f():\n    match List:\n        case list(): return 1\n        case _: return 2\n",
    "form raised": FORMS + "def f(): raise List\n",
    "form caught": FORMS + "def f():\n    try:\n        return 1 / 0\n    except List:\n        return 1\n",
    "form iterated": FORMS + "def f(): return [1 for x in List]\n",
    "form unpacked": FORMS + "def f():\n    a, b = Union\n    return a\n",
    "form formatted": FORMS + "def f(): return f'{List}' + '%s' % Any\n",
    "form returned": FORMS + "def f(): return List\n",
    "form in a list": FORMS + "def f(): return [List, List].count(List), [Any].index(Any), Any in [1, Any]\n",
    "form in a default": FORMS + "def f(x=List): return callable(x)\n",
    "form as an attribute": FORMS + "def f(): return List.mro\n",
    "form of a kind": FORMS + "def f(): return isinstance(Any, type), type(List) is type(Optional)\n",
    "typing's kind": "import typing, math\ndef f(): return type(typing) is type(math)\n",
    "form added": FORMS + "def f(): return List + 1\n",
    "form negated": FORMS + "def f(): return -List\n",
    "form as a number": FORMS + "def f(): return int(List)\n",
    "form as an index": FORMS + "def f(): return [1, 2][List]\n",
    "form as a context": FORMS + "def f():\n    with List: pass\n",
    "form as a path": FORMS + "o = open\ndef f(): return o(List)\n",
    "form in a template": FORMS + "def f(): return '%d' % List\n",
    "form awaited": FORMS + "async def g(): await List\ndef f(): g().send(None)\n",
    "form filled": FORMS + "def f(): List[0] = 1\n",
    "form floored": FORMS + "import math\ndef f(): return math.floor(List)\n",
    "form with power": FORMS + "def f(): return pow(List, 2, 3)\n",
    "codec of Windows": "def f(): return 'b\xfccher'.encode('cp1252'), bytes('a', 'cp437')\n",
    "codec of no text": "def f(): return b'ab'.decode('hex_codec')\n",
    "codec that is not there": "def f():\n    try:\n        return 'a'.encode('gone')\n    except LookupError as e:\n        return str(e)\n",
    "handler of a codec": "def f(): return 'a\u1234'.encode('ascii', 'namereplace')\n",
    "form changed": FORMS + "def f():\n    List.x = 1\n    return List.x\n",
    "typing as a module": "import typing\ndef f(x: typing.List[int] = 0) -> typing.Any: return 1\n",
    "typing as a value": "import typing\ndef f(): return str(typing)\n",
    "what typing has not": "import typing\ndef f(): return typing.Gone\n",
    "typing's others": "from typing import NamedTuple\nclass A(NamedTuple):\n    x: int\ndef f(): return A(1).x\n",
    "typing named twice": "import typing as t, typing as u\ndef f(): return t is u\n",
    "modules compared": "import typing as t, math as m\ndef f(): return t == m, m == m\n",
    "opened by another name": "o = open\ndef f():\n    try:\n        return len(o('/gone').read())\n    except OSError as e:\n        return e.args\n",
    "opened and caught": "o = open\ndef f():\n    try:\n        o('x', 'w').write('a')\n    except BaseException as e:\n        return 3\n    return 4\n",
    "input": "def f(): return input()\n",
    "input caught": "def f():\n    try:\n        return input('?')\n    except OSError as e:\n        return str(e)\n",
    "exit": "def f(): raise SystemExit(3)\n",
    "exit like the lean one": "def f(): raise SystemExit(77)\n",
    "exit by another name": "e = SystemExit\ndef f(): raise e(77)\n",
    "exit at once": "raise SystemExit\n",
    "interrupted": "def f(): raise KeyboardInterrupt\n",
    "own exception": "class E(Exception): pass\ndef f(): raise E('x', 1)\n",
    "base exception": "class E(BaseException): pass\ndef f(): raise E('x')\n",
    "depth": "def deep(n):\n    try:\n        return deep(n + 1)\n    except RecursionError:\n        return n\ndef f(): return deep(0)\n",
    "depth of values": "def f():\n    x = []\n    for n in range(9999): x = [x]\n    return x\n",
    "depth of an answer": "def f():\n    x = ()\n    for n in range(60): x = (x, n)\n    return x\n",
    "depth of a comparison": "def f():\n    a, b = [], []\n    for n in range(9999): a, b = [a], [b]\n    return a == b\n",
    "depth without end": "def f(): return f()\n",
    "depth in a class": "class A:\n    def m(self): return self.m()\ndef f(): return A().m()\n",
    "deep text": "def f(): return " + "(" * 150 + "1" + ")" * 150 + "\n",
    "too deep text": "def f(): return " + "(" * 300 + "1" + ")" * 300 + "\n",
    "memory": "def f():\n    x = [0] * (1 << 29)\n    return len(x)\n",
    "memory caught": "def f():\n    try:\n        x = 'a' * (1 << 40)\n    except MemoryError:\n        return 'none'\n",
    "warning of the compiler": "def f(x=5): return x is 5\n",
    "warning of an escape": "def f(): return '\\d' + \"\\w\"\n",
    "warning of a call": "def f(): return (1)(2)\n",
    "assertion on a tuple": "def f():\n    assert (1, 'x')\n    return 2\n",
    "flood": "def f():\n    for n in range(3000): print('x' * 99)\n    return 1\n",
    "print of half a character": "def f():\n    try:\n        print('\\ud800')\n    except UnicodeError as e:\n        return str(e)\n    return 1\n",
    "print elsewhere": "class W:\n    def write(self, text): self.x = text\ndef f():\n    w = W()\n    print('a', file=w)\n    return w.x\n",
    "sets in order": "def f(): return [list({'a', 'b', 'cd', 'ef', None, 1.5}), list({int, str, len} & {int})]\n",
    "hashes": "def f(): return hash('abc'), hash(1.5), hash((1, 'a'))\n",
    "codec": "def f(): return 'b\\xfccher'.encode('idna'), b'x'.decode('punycode')\n",
    "codec of C": "def f(): return 'b\\xfccher'.encode('latin-1'), 'a'.encode('utf-16')\n",
    "text of bytes": "def f(): return str(b'x', 'cp1252')\n",
    "big numbers": "def f(): return len(str(10 ** 4000)), str(10 ** 5000)\n",
    "huge division": "def f(): return (10 ** 20000 // 7 ** 9000) % 1000\n",
    "huge text of a number": "def f(): return int('9' * 4000) % 97, int('9' * 5000)\n",
    "floats": "def f(): return 0.1 + 0.2, 1e308 * 10, float('nan'), -0.0, round(2.5), f'{1e22}'\n",
    "generator returned": "def f(): return (n for n in range(5))\n",
    "generator that cleans up": "def g():\n    try:\n        yield 1\n    finally:\n        print(2)\ndef f(): return next(g())\n",
    "generator's frame": "def f():\n    g = (x for x in [1])\n    return g.gi_frame.f_lineno, g.gi_code.co_name\n",
    "frames above": "def f():\n    g = (x for x in [1])\n    next(g)\n    return g.gi_frame.f_back is None\n",
    "builtins of the frame": "def f():\n    g = (x for x in [1])\n    return len(g.gi_frame.f_builtins) > 100, 'open' in g.gi_frame.f_builtins\n",
    "classes": "class A:\n    x = 1\n    def m(self): return self.x\nclass B(A): pass\ndef f(): return B().m(), type(B()).mro()[1].x\n",
    "class with slots by type": "def f(): return type('A', (), {'x': 3})().x\n",
    "coroutine": "async def g(): return 1\ndef f():\n    try:\n        g().send(None)\n    except StopIteration as e:\n        return e.value\n",
    "coroutine never awaited": "async def g(): return 1\ndef f():\n    g()\n    return 1\n",
    "exception groups": "def f():\n    try:\n        raise ExceptionGroup('g', [ValueError(1)])\n    except* ValueError as e:\n        return len(e.exceptions)\n",
    "delete builtins": "def f():\n    b = (x for x in [1]).gi_frame.f_builtins\n    b.clear()\n    return 1\n",
    "help": "def f(): return help\n",
    "copyright": "def f(): return exit\n",
    "memory views": "def f(): return bytes(memoryview(b'abc')[1:])\n",
    "hash of a function": "def f(): return hash(f) == hash(f), id(f) == id(f)\n",
    "sorted by key": "def f(): return sorted('bca', key=lambda c: -ord(c)), max([], default=3)\n",
    "no entry point": "def g(): pass\n",
    "syntax": "def f(:\n",
    "nothing": "",
    "null": "def f(): return '\0'\n",
    "name that is not there": "def f(): return gone\n",
    "value too large": "def f(): return 'x' * (2 << 20)\n",
    "endless": "def f():\n    while True: pass\n",
}  # fmt: skip


@pytest.fixture(scope="module")
def policy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A policy file that is the package's own, less the lean template."""
    text = DEFAULT.read_text()
    begin = text.index("\nlean = [") + 1
    end = text.index("\n]\n", begin) + 3
    path = tmp_path_factory.mktemp("policy") / "full.toml"
    path.write_text(text[:begin] + "lean = []\n" + text[end:])
    assert tomllib.loads(path.read_text())["seccomp"]["lean"] == []
    return path


@pytest.fixture(scope="module")
def pair(level: str, policy: Path) -> Iterator[tuple[Sandbox, Sandbox]]:
    with (
        opened_at(level, limits=LIMITS, execution="dedicated") as lean,
        opened_at(level, limits=LIMITS, execution="dedicated", policy=policy) as full,
    ):
        yield lean, full


def told(outcome: Outcome) -> tuple[Verdict, str, str, int]:
    detail, message = (re.sub(r"\d\.\d s", "a time", text) for text in (outcome.detail, outcome.message))
    return outcome.verdict, detail, message, outcome.calls


def test_program_comes_to_the_same_in_a_lean_process_as_in_a_full_one(pair: tuple[Sandbox, Sandbox]) -> None:
    lean, full = (list(box.run(Program(source, ASK) for source in ODD.values())) for box in pair)
    differing = {
        name: (told(one), told(other))
        for name, one, other in zip(ODD, lean, full, strict=True)
        if told(one) != told(other)
    }
    assert not differing


def test_most_of_these_are_tried_in_a_lean_process() -> None:
    assert sum(map(may_be_lean, ODD.values())) > 70


# Reaches the modules of the process: from a generator's frame to the frames and globals of the machinery above it.
REACH = f"""
def f():
{indent(FRAMES, "    ")}
    os, ctypes = found['os'], found['ctypes']
"""
ACTS = {
    "fork": "    if not os.fork():\n        os._exit(0)\n    return 'done'\n",
    "kill all": "    os.kill(-1, 9)\n    return 'done'\n",
    "kill the first": "    os.kill(1, 9)\n    return 'done'\n",
    "signal the parent": "    os.kill(os.getppid(), 15)\n    return 'done'\n",
    "write a file": "    way = os.open\n    os.write(way('/tmp/x', os.O_CREAT | os.O_WRONLY), b'x')\n    return 'done'\n",
    "read a file": "    way = os.open\n    return os.read(way('/etc/passwd', 0), 9) and 'done'\n",
    "list a folder": "    return os.listdir('/') and 'done'\n",
    "run a command": "    os.execv('/bin/true', ['x'])\n",
    "make a pipe": "    return os.pipe() and 'done'\n",
    "set up a thread": "    ctypes.CDLL(None).clone(0, 0, 0x10f00, 0)\n    return 'done'\n",
    "raise its limits": "    found['resource'].setrlimit(6, (99, 99))\n    return 'done'\n",
    "make a socket": "    found['socketpair']()\n    return 'done'\n",
    "sleep by a call": "    found['time'].sleep(0.1)\n    return 'done'\n",
}


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_lean_process_cannot_act_on_anything_outside(act: str, pair: tuple[Sandbox, Sandbox]) -> None:
    """It has no such calls: it ends, and what it would have done counts in a process that may, if any may.

    Only to fork is refused where it stands, as the template has to.
    """
    box, full = pair
    source = REACH + act
    assert may_be_lean(source)
    before, acting, after = box.run(Program(text, ASK) for text in (ODD["answer"], source, ODD["answer"]))
    (as_ever,) = full.run([Program(source, ASK)])
    refused = act == ACTS["fork"] and "Resource temporarily unavailable" in acting.detail
    assert refused or told(acting) == told(as_ever)
    assert told(before) == told(after)
