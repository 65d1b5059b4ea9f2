"""From an answer of any known shape the right function comes out: what is taken is run and called."""

from typing import Any

import pytest

from evaluator.problems import Problem, ProblemSet
from evaluator.samples import extract
from tests.evaluator.chat_shapes import CONTINUED, PROMPT, SHAPES


@pytest.fixture
def problem(humaneval: ProblemSet) -> Problem:
    return Problem("t/0", PROMPT, "longest", humaneval["HumanEval/0"].check)


def is_right(program: str) -> bool:
    names: dict[str, Any] = {"__name__": "program"}
    try:
        exec(compile(program, "program", "exec"), names)
        found = [names["longest"](words) for words in (["a", "abc", "xyz"], [])]
    except (Exception, SystemExit):  # noqa: BLE001 - whatever the program does
        return False
    return found == ["abc", ""]


@pytest.mark.parametrize("name", SHAPES)
def test_the_right_function_comes_out_of_a_chat_answer(problem: Problem, name: str) -> None:
    taken = extract(SHAPES[name], problem)
    assert is_right(taken.program(PROMPT, whole=False)), f"{taken.taken}:\n{taken.text}"


@pytest.mark.parametrize("name", [name for name in SHAPES if name not in CONTINUED])
def test_the_same_answers_as_whole_programs(problem: Problem, name: str) -> None:
    taken = extract(SHAPES[name], problem, whole=True)
    assert is_right(taken.program(PROMPT, whole=True)), f"{taken.taken}:\n{taken.text}"
