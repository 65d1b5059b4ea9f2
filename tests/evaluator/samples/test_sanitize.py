import sys
from dataclasses import replace
from types import FrameType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluator.problems import Problem, ProblemSet
from evaluator.samples import Extraction, extract, sanitize
from evaluator.samples.extraction.grammar import Grammar
from evaluator.samples.extraction.prompted import PromptedFunction
from evaluator.samples.extraction.search import AnswerSearch
from evaluator.samples.extraction.transport import plain_answer

BODY = "    total = 0\n    for x in xs:\n        total += x\n    return total\n"
WHOLE = f"def add_up(xs):\n{BODY}"
PROMPT = 'def add_up(xs):\n    """Add them up."""\n'


@pytest.fixture
def problem(humaneval: ProblemSet) -> Problem:
    known = humaneval["HumanEval/0"]
    return Problem("t/0", PROMPT, "add_up", known.check)


@pytest.mark.parametrize(
    "text",
    [
        BODY,
        BODY + "\nprint(add_up([1]))\n",
        BODY + "\nassert add_up([1]) == 1\n",
        BODY + '\nif __name__ == "__main__":\n    add_up(1)\n',
        BODY + "\n```\nThis adds them up.",
        BODY + "```",
        BODY + "<|endoftext|>def other():\n    pass\n",
        BODY + "\nExplanation: it's a sum (obviously.\n",
    ],
)
def test_what_runs_on_after_a_body_is_cut(problem: Problem, text: str) -> None:
    assert sanitize(text, problem).rstrip() == BODY.rstrip()


@pytest.mark.parametrize(
    "text",
    [
        f"```python\n{WHOLE}```",
        f"Sure! Here you go:\n\n```python\n{WHOLE}```\nIt loops = adds.\n",
        f"```\n{WHOLE}",
        f"~~~py\n{WHOLE}~~~\n",
        f"Install first:\n```bash\npip install x\n```\nthen\n```python\n{WHOLE}```\n",
        f"Here is the function:\n{WHOLE}\nI hope it helps!\n",
        WHOLE + "\n# Test\nprint(add_up([1]))\n",
        WHOLE + "\nadd_up([1])\n",
    ],
)
def test_a_function_in_full_is_taken_out_of_chat_and_starts_its_own_line(problem: Problem, text: str) -> None:
    found = sanitize(text, problem)
    assert found.startswith("\n")
    assert found.replace("# Test", "").strip() == WHOLE.strip()


def test_what_the_function_needs_stays_and_the_rest_goes(problem: Problem) -> None:
    body = BODY.replace("total += x", "total += helper(math.floor(x), LIMIT)")
    needed = f"import math\nLIMIT = 3\n\ndef add_up(xs):\n{body}\n\ndef helper(x, most):\n    return min(x, most)\n"
    found = extract(f"{needed}\nclass Other:\n    pass\nprint(add_up([1]))\n", problem)
    assert found.text == f"\n{needed}"
    assert found.taken == "all, without 2 statements not needed"


def test_what_is_looked_up_by_its_text_stays(problem: Problem) -> None:
    text = "def one(xs):\n    return 1\n\ndef add_up(xs):\n    return globals()['one'](xs)\n"
    assert sanitize(text, problem) == f"\n{text}"


def test_strings_and_brackets_at_the_margin_are_not_the_end(problem: Problem) -> None:
    body = '    s = """\nprint(1)\n"""\n    return (\n1,\n)\n'
    assert extract(body, problem).taken == "as written"
    assert sanitize(body, problem) == body


def test_a_whole_program_keeps_what_is_before_the_function(problem: Problem) -> None:
    code = WHOLE.replace("0", "0 * pi")
    text = f"Sure!\nfrom math import pi\n{code}\nprint(pi)\n"
    assert sanitize(text, problem, whole=True) == f"from math import pi\n{code}"


def test_a_stripped_first_line_gets_its_indentation_back(problem: Problem) -> None:
    assert sanitize(BODY.lstrip(), problem) == BODY
    assert sanitize("return 1\n", problem) == "    return 1\n"


def test_a_function_in_full_comes_after_a_prompt_that_is_no_module_of_its_own(problem: Problem) -> None:
    headless = replace(problem, prompt="def add_up(xs):\n")
    assert compile(extract(WHOLE, headless).program(headless.prompt, whole=False), "", "exec")
    question = replace(problem, prompt="Please add the numbers up.\n")
    assert extract(f"Sure:\n{WHOLE}", question).program(question.prompt, whole=False) == f"\n{WHOLE}"


def test_future_imports_come_before_the_prompt_and_in_programs_first(problem: Problem) -> None:
    line = "from __future__ import annotations\n"
    for whole in (False, True):
        text = f"```\nimport math\n```\n```\n{line}{WHOLE.replace('0', 'math.floor(0)')}```\n"
        program = extract(text, problem, whole=whole).program(PROMPT, whole=whole)
        assert program.startswith(line)
        assert compile(program, "", "exec")


def test_unfinished_reasoning_gives_no_answer(problem: Problem) -> None:
    found = extract(f"<think>\nMaybe\n```python\n{WHOLE}```\nor", problem)
    assert "def" not in found.text
    assert "without reasoning" in found.taken


def test_a_text_in_which_nothing_parses_stays(problem: Problem) -> None:
    assert extract("I cannot do that.", problem).text == "I cannot do that."
    assert (
        extract("```python\ndef add_up(xs):\n    return (\n```", problem).taken
        == "a block that does not parse"
    )


def test_clean_completions_are_left_as_they_are(problem: Problem, humaneval: ProblemSet) -> None:
    for each in humaneval:
        assert each.canonical_solution is not None
        assert sanitize(each.canonical_solution, each) == each.canonical_solution
    assert sanitize("", problem) == ""


@given(st.text(st.characters(codec=None)) | st.text("'\"()[]`#\\\n de:f", max_size=80))
def test_any_text_gives_text(text: str) -> None:
    problem = Problem("t/0", "", "d", None)  # type: ignore[arg-type] - the check is not looked at
    for whole in (False, True):
        assert isinstance(sanitize(text, problem, whole=whole), str)


UNITS = [
    "'", '"""', "(", "x\n", "\\", "```\n", "def add_up(\n", "# \n", " ", "<think>", "</think>", "<|im_end|>", "[EOS]", "<s>",
    "(\n", f"{WHOLE}```\n", f"```python\n{WHOLE}```\n", "@a\n", "else\n", "> ", "1. ```\n", "\t", "\u00a0", "```" + " " * 50,
    "```\n'''\n", "def add_up(x):\n  x =\n", "\n    a", "a:\n  b\n", "'x<|a|>'", "<|im_start|>assistant\n", "\r", "{", " \n",
    "    return 1\n", "&lt;", ">>> a\n",
]  # fmt: skip


def work(text: str, problem: Problem) -> int:
    """Count the lines of ours that are run for a text, and the characters that are given to the parser."""
    count = 0

    def trace(frame: FrameType, event: str, _: object) -> Any:
        nonlocal count
        if "extraction" not in frame.f_code.co_filename:
            return None
        count += event == "line"
        return trace

    grammar = Grammar.for_text(len(text))
    search = AnswerSearch(PromptedFunction(problem.prompt, problem.entry_point, grammar), "add_up", grammar)
    before = sys.gettrace()
    sys.settrace(trace)
    try:
        answer = plain_answer(text).text
        _ = search.as_it_stands(answer) or search.fenced(answer) or search.unfenced(answer)
    finally:
        sys.settrace(before)
    assert grammar.spent <= grammar.budget
    return count + grammar.spent + grammar.looked


@pytest.mark.parametrize("unit", UNITS)
def test_work_is_linear_in_the_length_of_any_text(problem: Problem, unit: str) -> None:
    short, long = (work(unit * (length // len(unit)), problem) for length in (2_000, 8_000))
    assert long <= 5 * short + 50_000


def test_a_text_that_is_far_too_long_is_not_parsed(problem: Problem) -> None:
    text = "x = 1\n" * 200_000
    assert extract(f"<think></think>{text}", problem) == Extraction(text, "too long to be taken apart")
