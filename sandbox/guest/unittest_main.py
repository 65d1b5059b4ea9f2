"""The process of a program whose tests run beside it: load the program, then run test cases in its namespace.

The judge sends the tests, with a secret, only when the program has loaded; the results are believed only with
the secret. From then on program and tests share this process, so a program that goes far enough can forge
them. What is done against that: nothing of the tests is here while the program loads, what belongs to
`unittest` is compared with what it was before, and a test that skips itself has not passed.

Runs on the untrusted side; standard library only.
"""

import builtins
import marshal
import os
import sys
import types
from collections.abc import Callable
from typing import Any, Final

from sandbox.guest.responder import Responder, compiled, describe
from sandbox.wire.frames import LOADED, NOT_LOADED, TESTED, Frames, frame
from sandbox.wire.value_encoder import encode

__all__ = ["run_tests"]

_NAME: Final = "__test__"  # of the module that program and tests share, as BigCodeBench calls it
_NOTHING: Final = ("", "", "", "")


def run_tests(frames: Frames, send: Callable[[bytes], object], answer: Responder, source: str) -> None:
    """Load a program, take its tests, run them, and send what came of each.

    Args:
        frames: what the judge sends.
        send: sends bytes to the judge.
        answer: says S if the program does not compile.
        source: the program.
    """
    import unittest.mock  # noqa: PLC0415 - before the program, and only in a process that needs it

    machinery = _Machinery(unittest)
    code = answer.compiled(source, _compiled)
    if code is None:
        return
    module = _module()
    try:
        exec(code, module.__dict__)  # noqa: S102 - this is what the jail is for
    except BaseException as error:  # noqa: BLE001 - whatever a program raises is for the judge to name
        send(frame(NOT_LOADED, encode(("execute", *describe(error)))))
        return
    send(frame(LOADED))
    if (request := frames.read()) is None:
        return
    text, classes, secret = marshal.loads(request[1])  # noqa: S302 - the judge's bytes
    results: list[tuple[str, str, tuple[str, str, str, str]]] = []
    try:
        exec(compiled(text, f"{_NAME}.py"), module.__dict__)  # noqa: S102 - the problem's own text
        for name in classes:
            suite = machinery.loader.loadTestsFromTestCase(module.__dict__[name])
            machinery.run(suite, machinery.result(results))
    except BaseException as error:  # noqa: BLE001 - as above
        results.append(("", "error", describe(error)))
    send(frame(TESTED, encode((secret, machinery.is_changed, tuple(results)))))


def _compiled(source: str, _name: str) -> types.CodeType:
    return compiled(source, f"{_NAME}.py")


def _module() -> types.ModuleType:
    """Return the module that both share, with what BigCodeBench's has."""
    module = types.ModuleType(_NAME)
    module.__dict__.update(
        __builtins__=builtins, __file__=f"{_NAME}.py", __package__=None, sys=sys, os=os, environ=os.environ
    )
    sys.modules[_NAME] = module
    return module


class _Machinery:
    """What `unittest` consists of, kept from before the program."""

    def __init__(self, unittest: Any) -> None:  # noqa: ANN401 - the module
        self.result = _result_class(unittest)
        self.loader = unittest.TestLoader()
        self.run: Callable[[Any, Any], object] = unittest.TestSuite.run
        parts = (
            unittest.TestCase, unittest.TestResult, unittest.TestSuite, unittest.suite.BaseTestSuite,
            unittest.TestLoader, unittest.case._Outcome, unittest.case, unittest.suite,  # noqa: SLF001
            _Collecting, self.result,
        )  # fmt: skip
        self._watched = [(part, dict(vars(part))) for part in parts]

    @property
    def is_changed(self) -> bool:
        """Whether anything of it is not what it was."""
        return any(
            vars(part).get(name) is not thing
            for part, before in self._watched
            for name, thing in before.items()
        )


def _name_of(test: Any) -> str:  # noqa: ANN401 - a test, a part of one, or what stands for a class
    """Return `class.method`, of the parts of a test too."""
    return ".".join(str(test.id()).partition(" ")[0].rsplit(".", 2)[-2:])


def _result_class(unittest: Any) -> Any:  # noqa: ANN401 - a class that can only be made once the module is here
    class Result(_Collecting, unittest.TestResult):  # type: ignore[misc]
        """A result of unittest's that collects."""

        def __init__(self, found: list[tuple[str, str, tuple[str, str, str, str]]]) -> None:
            unittest.TestResult.__init__(self)
            self.found = found

    return Result


class _Collecting:
    """Collects name, result and exception of each test."""

    found: list[tuple[str, str, tuple[str, str, str, str]]]

    def _add(self, test: Any, result: str, error: Any = None) -> None:  # noqa: ANN401
        self.found.append((_name_of(test), result, describe(error[1]) if error else _NOTHING))

    def addSuccess(self, test: Any) -> None:  # noqa: ANN401, N802
        self._add(test, "passed")

    def addExpectedFailure(self, test: Any, _err: Any) -> None:  # noqa: ANN401, N802
        self._add(test, "passed")

    def addFailure(self, test: Any, err: Any) -> None:  # noqa: ANN401, N802
        self._add(test, "failed", err)

    def addError(self, test: Any, err: Any) -> None:  # noqa: ANN401, N802
        self._add(test, "error", err)

    def addUnexpectedSuccess(self, test: Any) -> None:  # noqa: ANN401, N802
        self._add(test, "failed")

    def addSubTest(self, test: Any, _part: Any, err: Any) -> None:  # noqa: ANN401, N802
        if err is not None:
            self._add(test, "failed" if issubclass(err[0], test.failureException) else "error", err)

    def addSkip(self, test: Any, reason: str) -> None:  # noqa: ANN401, N802
        """Take a skip for one where the test module declares it, and else for a test that has not passed."""
        method = getattr(type(test), str(getattr(test, "_testMethodName", "")), None)
        declared = any(getattr(each, "__unittest_skip__", False) for each in (type(test), method))
        told = ("exception", "Exception", "SkipTest", str(reason)[:1000])
        self.found.append((_name_of(test), "skipped" if declared else "failed", told))
