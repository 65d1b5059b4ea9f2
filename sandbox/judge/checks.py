"""Make checks ready to run: compile their text, run their fixtures, read off the calls that they make."""

import ast
from collections.abc import Callable
from dataclasses import dataclass
from types import CodeType
from typing import Any

from sandbox.evaluated_answers import evaluates_answers
from sandbox.judge.argument_use import may_look_again, needs_copies_first
from sandbox.judge.call_prediction import PredictedCalls, literal_calls
from sandbox.judge.interpreter_state import imported_modules, may_leave_state
from sandbox.program import Check, JudgeMode

__all__ = ["BrokenCheckError", "ReadyCheck", "prepare_check"]


@dataclass(frozen=True, slots=True)
class ReadyCheck:
    """A check that is ready to run: compiled prompt and test, the fixtures' namespace, the calls it makes.

    Attributes:
        prompt: None where the test does not need it.
        copies_first: whether a program that changes its arguments must pass with copies of them, too.
        draws: whether its text mentions `random`, whose generator is then seeded again for each program.
        leaves_state: whether it may change the state of the judge's interpreter, which is then restored.
        modules: what its text imports, if so.
    """

    check: Check
    prompt: CodeType | None
    test: CodeType
    fixtures: dict[str, Any]
    predicted: PredictedCalls
    copies_first: bool
    draws: bool
    leaves_state: bool
    modules: frozenset[str]


class BrokenCheckError(BaseException):
    """The problem's own text failed during a test, so there is no verdict on the program.

    Its arguments, once it leaves the judge, are the check's entry point and the reason.
    """


def prepare_check(check: Check, mode: JudgeMode, untimed: Callable[..., Any]) -> ReadyCheck:
    """Compile a check and run its fixtures, which find `untimed`; raise whatever the text itself raises."""
    fixtures: dict[str, Any] = {"untimed": untimed}
    tree, prompt_tree = ast.parse(check.test, "<test>"), _parsed_prompt(check.prompt)
    prompt, test = _compiled(prompt_tree, "<prompt>"), _compiled(tree, "<test>")
    needs_prompt = _may_need(prompt_tree, check.entry_point, test)
    if mode is JudgeMode.ISOLATED:
        if evaluates_answers(check.test, check.prompt, check.entry_point):
            raise ValueError(
                "the test may run as code what a program returns, which could then forge verdicts"
            )
        exec(_compiled(check.fixtures, "<fixtures>"), fixtures)  # noqa: S102 - trusted text
        exec(prompt, dict(fixtures))  # noqa: S102 - so that a broken prompt is told at once
    if (listed := fixtures.get("known_calls")) is not None:
        predicted = PredictedCalls(listed_calls=iter(listed))
    else:
        trees = [tree, prompt_tree] if needs_prompt else [tree]
        holds = may_look_again(trees, check.entry_point)
        predicted = PredictedCalls(listed_calls=literal_calls(tree, check.entry_point), holds=holds)
    copies_first = predicted.holds and needs_copies_first(tree, check.entry_point)
    draws = any("random" in text for text in (check.prompt, check.test, check.fixtures))
    texts = [tree, prompt_tree]
    leaves_state = may_leave_state(texts)
    modules = frozenset(imported_modules(texts)) if leaves_state else frozenset[str]()
    return ReadyCheck(
        check,
        prompt if needs_prompt else None,
        test,
        fixtures,
        predicted,
        copies_first,
        draws,
        leaves_state,
        modules,
    )


def _may_need(prompt: ast.Module, entry_point: str, test: CodeType) -> bool:
    """Return whether a test may notice that the prompt was not executed before it.

    A prompt that only imports and defines functions does nothing by itself, and the entry point is the
    candidate.
    """
    names: set[str] = set()
    for statement in prompt.body:
        if isinstance(statement, ast.FunctionDef) and not statement.decorator_list:
            names.add(statement.name)
        elif isinstance(statement, ast.Import | ast.ImportFrom):
            names.update((alias.asname or alias.name).partition(".")[0] for alias in statement.names)
        elif not (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)):
            return True
    codes = [test]
    for each in codes:
        if not names.isdisjoint(each.co_names) and names & set(each.co_names) != {entry_point}:
            return True
        if not _LOOKING.isdisjoint(each.co_names):
            return True
        codes += [inner for inner in each.co_consts if isinstance(inner, CodeType)]
    return "*" in names


_LOOKING = frozenset({"globals", "vars", "dir", "locals", "eval", "exec", "__import__", "sys"})


def _parsed_prompt(prompt: str) -> ast.Module:
    """Parse a prompt; one that ends with a function's head, and has no docstring, is given a body."""
    try:
        return ast.parse(prompt, "<prompt>")
    except SyntaxError:
        return ast.parse(f"{prompt.rstrip()}\n    pass\n", "<prompt>")


def _compiled(text: str | ast.Module, name: str) -> CodeType:
    return compile(text, name, "exec", dont_inherit=True)
