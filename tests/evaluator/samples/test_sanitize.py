import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluator.problems import Problem, ProblemSet
from evaluator.samples import sanitize

BODY = "    total = 0\n    for x in xs:\n        total += x\n    return total\n"
WHOLE = f"def add_up(xs):\n{BODY}"


@pytest.fixture
def problem(humaneval: ProblemSet) -> Problem:
    known = humaneval["HumanEval/0"]
    return Problem("t/0", "def add_up(xs):\n", "add_up", known.check)


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


def test_helpers_and_imports_around_the_function_stay(problem: Problem) -> None:
    code = f"import math\nLIMIT = 3\n\n{WHOLE}\n\ndef helper(x):\n    return x\n\nclass C:\n    pass\n"
    assert sanitize(f"{code}\nprint(1)\n", problem) == f"\n{code}"


def test_strings_and_brackets_at_the_margin_are_not_the_end(problem: Problem) -> None:
    body = '    s = """\nprint(1)\n"""\n    return (\n1,\n)\n'
    assert sanitize(body, problem) == body


def test_a_whole_program_keeps_what_is_before_the_function(problem: Problem) -> None:
    text = f"Sure!\nfrom math import pi\n{WHOLE}\nprint(pi)\n"
    assert sanitize(text, problem, whole=True) == f"from math import pi\n{WHOLE}"


def test_a_stripped_first_line_gets_its_indentation_back(problem: Problem) -> None:
    assert sanitize(BODY.lstrip(), problem) == BODY
    assert sanitize("return 1\n", problem) == "return 1\n"


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


def test_a_million_characters_take_no_more_than_linear_time(problem: Problem) -> None:
    for unit in ("'", '"""', "(", "x\n", "\\", "```\n", "def add_up(\n", "# \n"):
        sanitize(unit * (1_000_000 // len(unit)), problem)
