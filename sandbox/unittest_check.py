r"""A check of programs by a module of unittest's test cases that runs beside them, in their own process.

check = UnittestCheck(entry_point="f", test="class TestCases(unittest.TestCase): ...")
"""

import ast
from dataclasses import dataclass

from sandbox.program import Check

__all__ = ["UnittestCheck", "read_tests"]

_METHOD = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnittestCheck(Check):
    """How to judge a program by test cases that share its module.

    Such tests patch the program's names, look into its objects and compare what does not cross by value, so
    they run in its process. A program can forge that verdict: it counts only in a sandbox whose judge is
    `JudgeMode.IN_PROCESS`, and every result says so.

    Attributes:
        test: text of a module with classes derived from `unittest.TestCase`. It is executed after the program
            in the same namespace, and each of its tests has to run and pass.
        cpu_s: CPU seconds for program and tests; None for the sandbox's own limit, which it cannot exceed.
        memory_bytes: address space; likewise.
    """

    entry_point: str = "the program"
    test: str
    cpu_s: float | None = None
    memory_bytes: int | None = None

    @property
    def may_share(self) -> bool:
        """Return False: the tests run in the process of the program."""
        return False


def read_tests(text: str) -> tuple[tuple[str, ...], frozenset[str]]:
    r"""Return the names of a test module's classes of tests, and of their tests as `class.method`.

    They are read off the text: at its top level, classes derived from a class called `...TestCase`, or from
    another such class; their methods that begin with `test`, inherited ones included.

    Raises:
        ValueError: there is no test.
        SyntaxError: the text is no Python.

    >>> read_tests("class A(unittest.TestCase):\n    def test_x(self): pass\n")
    (('A',), frozenset({'A.test_x'}))
    """
    methods: dict[str, set[str]] = {}
    for node in ast.parse(text, "<test>").body:
        if isinstance(node, ast.ClassDef):
            bases = [getattr(base, "attr", getattr(base, "id", "")) for base in node.bases]
            if any(base in methods or base.endswith("TestCase") for base in bases):
                inherited = [methods.get(base, set()) for base in bases]
                own = {each.name for each in node.body if isinstance(each, _METHOD)}
                methods[node.name] = {name for name in own if name.startswith("test")}.union(*inherited)
    found = {name: tests for name, tests in methods.items() if tests}
    if not found:
        raise ValueError("its test module has no class derived from unittest.TestCase with a method test...")
    return tuple(found), frozenset(f"{name}.{test}" for name, tests in found.items() for test in tests)
