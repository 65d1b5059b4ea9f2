"""What a text is suspected of, beside the verdict and never instead of it."""

import time

import pytest
from tests_sandbox import ADD, run_one

from sandbox import Program, Sandbox, Verdict
from sandbox.host.source_flags import source_flags

NAMED = [
    ("import sys\nsys._getframe(1)", "uses:frames"),
    ("raise ValueError().with_traceback(None).__traceback__.tb_frame", "uses:frames"),
    ("import gc; gc.get_objects()", "uses:gc"),
    ("from gc import get_referrers", "uses:gc"),
    ("import ctypes", "uses:ctypes"),
    ("import sys; sys.settrace(print)", "uses:tracing"),
    ("import sys; sys.monitoring.use_tool_id(1, 'x')", "uses:tracing"),
    ("import os; os._exit(0)", "uses:exit"),
    ("import atexit", "uses:exit"),
    ("import os; os.fork()", "uses:processes"),
    ("import subprocess", "uses:processes"),
    ("open('/proc/self/mem')", "uses:proc"),
    ("import socket", "uses:sockets"),
    ("import os; os.write(3, b'x')", "uses:descriptors"),
    ("import builtins; builtins.abs = 1", "uses:builtins"),
    ("import sys; sys.modules['math'] = 1", "uses:modules"),
    ("f.__code__.co_consts", "uses:code"),
    ("class A:\n    def __eq__(self, other): return True", "overrides:equality"),
]
INNOCENT = [
    "def f(gcd, closest, frames_of_film): return gcd",
    "from math import gcd\ndef f(a, b): return gcd(a, b)",
    "def f(position): return position.os",
    "def f(values): return [modules for modules in values]",
    "class A:\n    def __init__(self): pass",
    "\0 \ud800 not Python at all (",
    "",
]


@pytest.mark.parametrize(("source", "name"), NAMED, ids=[source for source, _ in NAMED])
def test_what_honest_solutions_hardly_use_is_named(source: str, name: str) -> None:
    assert name in source_flags(source)


@pytest.mark.parametrize("source", INNOCENT)
def test_what_only_looks_like_it_is_not(source: str) -> None:
    assert source_flags(source) == ()


def test_suspicion_stands_beside_the_verdict_and_does_not_change_it(box: Sandbox) -> None:
    source = "import gc\ndef add(a, b):\n    return a + b\n"
    outcome = run_one(box, Program(source, ADD))
    assert (outcome.verdict, outcome.flags) == (Verdict.PASSED, ("uses:gc",))
    assert run_one(box, Program("def add(a, b):\n    return a + b\n", ADD)).flags == ()


def test_a_look_costs_little_however_long_the_text() -> None:
    ordinary = "def f(values):\n    return sorted(values, key=lambda value: (-len(value), value))[:10]\n" * 8
    started = time.thread_time()
    for _ in range(200):
        source_flags(ordinary)
    assert (time.thread_time() - started) / 200 < 0.001
    started = time.thread_time()
    source_flags("os." * 5_000_000)
    assert time.thread_time() - started < 2.0
