"""Hugging Face's `code_eval` metric, scored here.

    from evaluator.integrations import code_eval
    pass_at_k, results = code_eval.compute(references=tests, predictions=candidates, k=[1, 10])

There a candidate and its test are one program, and the candidate decides how it ends. Here the test runs in
the judge and calls what the candidate defines: the names that the test uses and does not define itself.
"""

import ast
import builtins
import symtable
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple, TypedDict

from evaluator.errors import UsageError
from evaluator.metrics.pass_at_k import estimate_pass_at_k
from evaluator.scoring.result_rows import result_text
from sandbox import Check, JudgeMode, Limits, Outcome, Program, open_sandbox

__all__ = ["CodeResult", "compute"]

Results = dict[int, list[tuple[int, "CodeResult"]]]

_NOTHING_MORE: Final = "\n\ndef check(_candidate):\n    pass\n"  # the test has run when its text has
_CALL: Final = "_passlaw_call"
_BY_NAME: Final = f"""

def {_CALL}(name, /, *arguments, **named):
    import builtins
    return globals().get(name, getattr(builtins, name, None))(*arguments, **named)
"""


class CodeResult(TypedDict):
    """One candidate's result; `passed` is None, and `result` says why, if the sandbox failed on it."""

    task_id: int
    passed: bool | None
    result: str
    completion_id: int


def compute(
    predictions: Sequence[Sequence[str]],
    references: Sequence[str],
    k: Sequence[int] = (1, 10, 100),
    num_workers: int = 4,
    timeout: float = 3.0,
    *,
    judge: JudgeMode | str = JudgeMode.ISOLATED,
) -> tuple[dict[str, float], Results]:
    """Score candidates as `evaluate.load("code_eval").compute` does.

    Args:
        predictions: for each problem, candidates: whole programs.
        references: for each problem, the text of its test, which uses functions that candidates define.
        k: which pass@k; left out are those for which a problem has fewer candidates.
        num_workers: programs run at once.
        timeout: seconds of CPU time for a candidate and its test.
        judge: `isolated`: a test reaches functions, by values, and no classes or constants of a candidate.
            `in-process`: code_eval's one program, for tests that need more; a candidate can forge that.

    Returns:
        `{"pass@1": ..., ...}`, and for each problem's number a list of (completion_id, `CodeResult`).

    Raises:
        UsageError: there are not as many references as predictions, nothing to score, or a reference does
            not compile.
        SandboxError: this machine cannot isolate programs.
    """
    if isinstance(predictions, str):
        raise UsageError("predictions are a text; give a list of programs for each reference")
    for task, every in enumerate(predictions):
        if isinstance(every, str):
            raise UsageError(
                f"predictions[{task}] is a text where a list of programs belongs: write [[program], ...]"
            )
    if isinstance(references, str):
        raise UsageError("references are a text; give a list with the test of each problem")
    if len(predictions) != len(references):
        raise UsageError(
            f"{len(predictions)} lists of predictions for {len(references)} references; give one each"
        )
    if not any(predictions):
        raise UsageError("predictions: no candidate in them; give a list of programs for each reference")
    mode = JudgeMode(judge)
    numbered = [(task, number) for task, every in enumerate(predictions) for number in range(len(every))]
    results: Results = defaultdict(list)
    with open_sandbox(workers=num_workers, limits=Limits(cpu_s=timeout), judge=mode) as box:
        ways = [_way(n, text, mode) for n, text in enumerate(references)]
        outcomes = box.judge(list(_programs(predictions, ways)))
        for (task, number), outcome in zip(numbered, outcomes, strict=True):
            results[task].append((number, _result(task, number, outcome)))
    return _pass_at_k(results, k), results


def _programs(predictions: Sequence[Sequence[str]], ways: Sequence[tuple[Check, str]]) -> Iterator[Program]:
    for every, (check, after) in zip(predictions, ways, strict=True):
        for source in every:
            yield Program(source + after, check)


def _way(number: int, reference: str, mode: JudgeMode) -> tuple[Check, str]:
    """Return how a test is run: the check, and what is put after each candidate's text."""
    if mode is JudgeMode.IN_PROCESS:
        return Check("print", reference + _NOTHING_MORE), ""
    try:
        names, modules = _wanted(reference)
    except (SyntaxError, ValueError) as bad:
        raise UsageError(f"references[{number}]: not valid Python ({bad}); correct it") from bad
    test = "".join(f"import {name}\n" for name in modules) + reference + _NOTHING_MORE
    if len(names) == 1:
        return Check(names[0], test), ""
    # With several functions, or none, the candidate's process is asked for one by name.
    bound = (f"{name} = lambda *a, **k: {_CALL}({name!r}, *a, **k)\n" for name in names)
    return Check(_CALL, "".join(bound) + test), _BY_NAME


class _Wanted(NamedTuple):
    """What a test takes from the candidate's program: functions, and modules that were imported there."""

    names: list[str]
    modules: list[str]


def _wanted(reference: str) -> _Wanted:
    """Return the names that a test uses and neither defines nor has from Python itself.

    A name of a standard module whose attributes are used is that module: a test may count on an import of the
    candidate's. If no name is left, a candidate may define one anew that Python has: then those are wanted.
    """
    used = sorted(set(_free(symtable.symtable(reference, "<reference>", "exec"))))
    bases = {
        node.value.id
        for node in ast.walk(ast.parse(reference))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    }
    modules = [name for name in used if name in bases & sys.stdlib_module_names]
    names = [name for name in used if name not in modules]
    return _Wanted([name for name in names if not hasattr(builtins, name)] or names, modules)


def _free(table: symtable.SymbolTable) -> Iterator[str]:
    defined = {
        symbol.get_name() for symbol in table.get_symbols() if symbol.is_assigned() or symbol.is_imported()
    }
    for inner in _with_children(table):
        for symbol in inner.get_symbols():
            is_outer = inner is table or symbol.is_global()
            if symbol.is_referenced() and is_outer and symbol.get_name() not in defined:
                yield symbol.get_name()


def _with_children(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    yield table
    for child in table.get_children():
        yield from _with_children(child)


def _result(task: int, number: int, outcome: Outcome) -> CodeResult:
    passed = outcome.verdict.passed if outcome.verdict.scored else None
    return CodeResult(task_id=task, passed=passed, result=result_text(outcome), completion_id=number)


def _pass_at_k(results: Results, k: Sequence[int]) -> dict[str, float]:
    scored = [
        [each["passed"] for _, each in every if each["passed"] is not None] for every in results.values()
    ]
    return {
        f"pass@{size}": sum(estimate_pass_at_k(len(every), sum(every), size) for every in scored)
        / len(scored)
        for size in k
        if all(len(every) >= size for every in scored)
    }
