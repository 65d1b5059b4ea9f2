"""Problem sets whose programs read standard input, or whose tests call a method: what is read, and what is refused."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from evaluator import evaluate
from evaluator.cli import main
from evaluator.errors import ProblemsError
from evaluator.problems import Problem, load_problems
from evaluator.problems.load import problem_of_row
from evaluator.rewards import RewardModel
from evaluator.scoring.leetcode_names import with_given_names
from sandbox import StdioCheck
from tests.evaluator.problems.stdio_rows import CALLS, LCB, PUBLIC, packed, stdio

APPS = {
    "problem_id": 7,
    "question": "Double it.",
    "input_output": {"inputs": ["1\n", "3\n"], "outputs": ["2\n", "6\n"]},
}
TACO = {
    "question": "Double it.", "solutions": "[]", "starter_code": "", "difficulty": "EASY", "raw_tags": "[]", "name": "A",
    "input_output": json.dumps(APPS["input_output"]), "source": "codeforces", "tags": "[]", "skill_types": "[]",
    "url": "u/1", "Expected Auxiliary Space": None, "time_limit": "2.0 seconds", "date": None, "picture_num": None,
    "memory_limit": "256.0 megabytes", "Expected Time Complexity": None,
}  # fmt: skip
METHOD = {"problem_id": 8, "input_output": {"fn_name": "double", "inputs": [[1], [3]], "outputs": [[2], [6]]}}
CONTEST = {
    "name": "1_A. Double", "description": "Double it.", "public_tests": {"input": ["1"], "output": ["2"]},
    "private_tests": {"input": ["3"], "output": ["6"]}, "generated_tests": {"input": [], "output": []},
    "time_limit": {"seconds": 7, "nanos": 500_000_000},
    "solutions": {"language": [2, 3], "solution": ["int main() {}", "print(int(input()) * 2)"]},
}  # fmt: skip
OWN = {"task_id": "double", "kind": "stdio", "prompt": "Double it.", "tests": [{"input": "1", "output": "2"}]}

OWN_METHOD = {
    "task_id": "double", "kind": "method", "prompt": "Double it.", "entry_point": "double",
    "tests": [{"input": [1], "output": 2}, {"input": [3], "output": 6}],
}  # fmt: skip


def test_inputs_and_outputs_of_apps_are_tests_and_the_first_solution_is_the_sets_own() -> None:
    row = APPS | {"solutions": json.dumps(["print(int(input()) * 2)", "x"])}
    as_text = row | {"input_output": json.dumps(APPS["input_output"])}
    for each in (row, as_text):
        assert stdio(each).tests == (("1\n", "2\n"), ("3\n", "6\n"))
        assert problem_of_row(each).canonical_solution == "print(int(input()) * 2)"
    lines = APPS | {"input_output": {"inputs": [["1", "2"]], "outputs": [["3"]]}}
    assert stdio(lines).tests == (("1\n2", "3"),)


def test_taco_calls_a_problem_by_its_place_in_the_file(write_rows: Callable[..., Path]) -> None:
    """Its `name` and `url` may be empty, and two problems may share them."""
    rows = [TACO, TACO | {"name": None, "url": None}, TACO | {"time_limit": "12.5 seconds"}]
    problems = load_problems(write_rows(rows))
    assert list(problems.problems) == ["0", "1", "2"]
    limits = [problem.check.test_cpu_s for problem in problems if isinstance(problem.check, StdioCheck)]
    assert limits == [6.0, 6.0, 12.5]


def test_starter_code_stands_behind_the_statement() -> None:
    starter = "class Solution:\n    def add(self, a, b):\n"
    for row, statement in (
        (METHOD | {"question": "Double it."}, "Double it."),
        (LCB | {"public_test_cases": CALLS, "metadata": {"func_name": "add"}}, "Double it."),
    ):
        assert problem_of_row(row | {"starter_code": starter}).statement == f"{statement}\n\n{starter}"
        assert problem_of_row(row | {"starter_code": ""}).statement == statement


def test_an_object_of_apps_is_a_dict_with_numbers_as_keys(write_rows: Callable[..., Path]) -> None:
    calls = {"fn_name": "turned", "inputs": [[{"1": 2, "3": 4}]], "outputs": [{"2": 1, "4": 3}]}
    words = {"fn_name": "turned", "inputs": [[{"a": "b"}]], "outputs": [[{"b": "a"}]]}
    rows = [
        METHOD | {"problem_id": 1, "input_output": calls},
        METHOD | {"problem_id": 2, "input_output": words},
    ]
    solution = "def turned(given):\n    return {value: key for key, value in given.items()}\n"
    with RewardModel(write_rows(rows), workers=1) as model:
        found = model.score([{"task_id": task_id, "solution": solution} for task_id in ("1", "2")])
    assert [each.verdict for each in found] == ["passed", "passed"]


def test_problems_of_apps_without_tests_are_left_out_by_name_and_the_others_count(
    write_rows: Callable[..., Path],
) -> None:
    """550 problems of its training set have no tests."""
    rows = [APPS, APPS | {"problem_id": 8, "input_output": ""}, CONTEST | {"input_file": "in.txt"}]
    found = evaluate(
        [{"task_id": name, "solution": "print(int(input()) * 2)"} for name in ("7", "8", CONTEST["name"])],
        problems=write_rows(rows),
        workers=1,
        k=(1,),
    )
    assert found.verdicts == {"passed": 1, "left_out": 2}
    assert found.problem_check is not None
    assert [(each.task_id, each.reason) for each in found.problem_check.left_out] == [
        ("8", "no tests; its input_output is empty"),
        (
            "1_A. Double",
            "its programs use the file 'in.txt' (input_file); only standard input and output are judged",
        ),
    ]


def test_problems_without_tests_need_no_samples(write_rows: Callable[..., Path]) -> None:
    rows = [APPS, APPS | {"problem_id": 8, "input_output": ""}]
    samples = [{"task_id": "7", "solution": "print(int(input()) * 2)"}]
    found = evaluate(samples, problems=write_rows(rows), workers=1, k=(1,))
    assert (found.verdicts, found.missing, found.complete) == ({"passed": 1}, (), True)


def test_identical_rows_of_code_contests_are_one_problem(write_rows: Callable[..., Path]) -> None:
    problems = load_problems(write_rows([CONTEST, CONTEST | {"name": "2_A"}, CONTEST]))
    assert list(problems.problems) == [CONTEST["name"], "2_A"]
    assert problems.sha256 == load_problems(write_rows([CONTEST, CONTEST | {"name": "2_A"}])).sha256
    assert not problems.unusable


def test_different_rows_of_one_name_are_left_out_by_name(write_rows: Callable[..., Path]) -> None:
    other = CONTEST | {"description": "Triple it."}
    rows = [CONTEST, CONTEST | {"name": "2_A"}, other, CONTEST, CONTEST | {"description": "Halve it."}]
    problems = load_problems(write_rows(rows))
    assert list(problems.problems) == [CONTEST["name"], "2_A"]
    assert problems.unusable == {
        CONTEST["name"]: "3 different rows have this name (rows 1, 3, 5), so a sample does not say which one "
        "it solves; give each its own name"
    }
    samples = [{"task_id": name, "solution": "print(int(input()) * 2)"} for name in problems.problems]
    found = evaluate(samples, problems=write_rows(rows), workers=1, k=(1,))
    assert found.verdicts == {"passed": 1, "left_out": 1}


def test_a_problem_without_tests_has_no_reward(write_rows: Callable[..., Path]) -> None:
    with RewardModel(write_rows([APPS, APPS | {"problem_id": 8, "input_output": ""}]), workers=1) as model:
        none = model.score_one({"task_id": "8", "solution": "print(1)"})
    assert (none.reward, none.detail) == (
        None,
        "item 0: 8 cannot be judged: no tests; its input_output is empty",
    )


@pytest.mark.parametrize(
    ("solution", "verdict"),
    [
        ("class Solution:\n    def double(self, n):\n        return 2 * n", "passed"),
        ("def double(n):\n    return 2 * n", "passed"),
        ("def double(n):\n    return [2 * n]", "passed"),
        ("def double(n):\n    return 2", "wrong_answer"),
        ("def other(n):\n    return 2 * n", "missing_entry_point"),
        ("from __future__ import annotations\nclass Solution:\n    def double(self, n: List[int]):\n        return n + n", "passed"),
    ],
)  # fmt: skip
def test_a_method_of_apps_is_judged_by_value(
    write_rows: Callable[..., Path], solution: str, verdict: str
) -> None:
    with RewardModel(write_rows([METHOD]), workers=1) as model:
        assert model.score_one({"task_id": "8", "solution": solution}).verdict == verdict


def test_own_rows_may_test_a_method(write_rows: Callable[..., Path]) -> None:
    right, wrong = (
        "class Solution:\n    def double(self, n):\n        return 2 * n\n",
        "def double(n): return 2\n",
    )
    rows = [{"task_id": "double", "solution": text} for text in (right, wrong)]
    found = evaluate(rows, problems=write_rows([OWN_METHOD]), workers=1, k=(1,))
    assert found.verdicts == {"passed": 1, "wrong_answer": 1}


def test_all_groups_of_code_contests_count_and_only_python_3_is_a_solution() -> None:
    check = stdio(CONTEST)
    assert check.tests == (("1", "2"), ("3", "6"))
    assert check.test_cpu_s == 7.5
    assert problem_of_row(CONTEST).canonical_solution == "print(int(input()) * 2)"
    assert stdio(CONTEST | {"time_limit": {"seconds": 1}}).test_cpu_s == 6.0
    assert stdio(CONTEST | {"time_limit": None}).test_cpu_s is None


def test_code_contests_as_deepminds_own_tool_writes_it() -> None:
    written = CONTEST | {
        "public_tests": [{"input": "1", "output": "2"}], "private_tests": [{"input": "3", "output": "6"}],
        "generated_tests": [], "time_limit": "seconds: 7\nnanos: 500000000\n",
        "solutions": [{"language": 2, "solution": "int main() {}"}, {"language": 3, "solution": "print(1)"}],
    }  # fmt: skip
    check = stdio(written)
    assert (check.tests, check.test_cpu_s) == ((("1", "2"), ("3", "6")), 7.5)
    assert problem_of_row(written).canonical_solution == "print(1)"


def test_own_rows_have_their_options() -> None:
    options = {
        "timeout_s": 2, "total_timeout_s": 9.5, "memory_mb": 64, "compare": "floats", "tolerance": 1e-3,
        "checker": "def check(given, output, expected):\n    return True\n", "canonical_solution": "print(2)",
    }  # fmt: skip
    check = stdio(OWN | options)
    assert (check.test_cpu_s, check.total_cpu_s, check.memory_bytes) == (2.0, 9.5, 64 << 20)
    assert (check.compare, check.tolerance, check.checker) == ("floats", 1e-3, options["checker"])
    problem: Problem = problem_of_row(OWN | options)
    assert (problem.canonical_solution, problem.kind, problem.statement) == (
        "print(2)",
        "stdio",
        "Double it.",
    )


BAD = [
    (LCB | {"public_test_cases": "[{"}, "1873_A: public_test_cases cannot be read"),
    (LCB | {"public_test_cases": "[]"}, "1873_A: no tests"),
    (LCB | {"public_test_cases": 3}, "public_test_cases must be a list of tests"),
    (LCB | {"public_test_cases": [{"input": "1"}]}, "test 1 needs 'input' and 'output', both text"),
    (LCB | {"public_test_cases": [*PUBLIC, *CALLS]}, "testtype functional, stdin; 'stdin' or 'functional'"),
    (LCB | {"public_test_cases": CALLS}, "no 'func_name' in its metadata"),
    (LCB | {"public_test_cases": [CALLS[0] | {"input": "x y"}], "metadata": {"func_name": "f"}}, "are not JSON"),
    (LCB | {"public_test_cases": CALLS, "metadata": {"func_name": "f()"}}, "is not the name of a method"),
    (LCB | {"private_test_cases": "not packed"}, "private_test_cases cannot be read: not base64 of zlib"),
    (APPS | {"input_output": ""}, "7: no tests; its input_output is empty"),
    (APPS | {"input_output": "{"}, "7: input_output is not JSON"),
    (APPS | {"input_output": "[]"}, "7: input_output must be an object"),
    (APPS | {"input_output": {"inputs": ["1"], "outputs": []}}, "two lists of one length"),
    (APPS | {"input_output": {"inputs": [], "outputs": []}}, "7: no tests"),
    (APPS | {"input_output": {"inputs": [1], "outputs": ["2"]}}, "two lists of text"),
    (METHOD | {"input_output": {"fn_name": "f", "inputs": ["1"], "outputs": [1]}}, "must be lists of arguments"),
    (TACO, "needs a 'task_id', 'problem_id' or 'id'"),
    (CONTEST | {"input_file": "in.txt"}, r"its programs use the file 'in.txt' \(input_file\)"),
    (CONTEST | {"public_tests": [1]}, "public_tests must be an object"),
    (CONTEST | {"public_tests": {"input": "1", "output": "2"}}, "public_tests must be an object"),
    (CONTEST | {"public_tests": [{"input": "1"}]}, "two lists of text of one length"),
    (CONTEST | {"private_tests": {"input": ["1"], "output": []}}, "two lists of text of one length"),
    (OWN | {"tests": []}, "double: no tests"),
    (OWN | {"tests": [{"input": "1"}]}, "double: test 1 needs 'input' and 'output'"),
    (OWN | {"kind": "script"}, "double: kind 'script' is none of function, stdio, method, unittest"),
    (
        {"task_id": "f", "kind": "script", "prompt": "", "entry_point": "f", "test": "def check(f):\n    f()\n"},
        "f: kind 'script' is none of function, stdio, method, unittest",
    ),
    (OWN_METHOD | {"tests": [{"input": 1, "output": 2}]}, "double: test 1 of a method needs 'input', a list"),
    (OWN_METHOD | {"tests": []}, "double: no tests"),
    (OWN | {"compare": "near"}, "double: compare 'near' is none of tokens, exact, floats"),
    (OWN | {"timeout_s": 0}, "double: timeout_s must be a positive number, not 0"),
    (OWN | {"timeout_s": 9999}, "double: timeout_s must be at most 3600"),
    (OWN | {"memory_mb": True}, "double: memory_mb must be a positive number"),
    (OWN | {"checker": "#include <testlib.h>"}, r"checkers in C\+\+ \(testlib\) are not run"),
    (OWN | {"checker": "def check(:"}, "double: the checker is not valid Python"),
    (OWN | {"checker": "x = 1"}, "double: the checker defines no function check"),
]  # fmt: skip


@pytest.mark.parametrize(("row", "why"), BAD)
def test_a_problem_that_cannot_be_judged_is_one_sentence(row: dict[str, Any], why: str) -> None:
    with pytest.raises(ProblemsError, match=why) as caught:
        problem_of_row(row)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("row", "why"), [(OWN | {"tests": []}, "double: no tests"), (APPS | {"input_output": ""}, "no tests")]
)
def test_a_set_of_which_nothing_can_be_judged_is_refused(
    write_rows: Callable[..., Path], row: dict[str, Any], why: str
) -> None:
    with pytest.raises(ProblemsError, match=why) as caught:
        evaluate([{"task_id": "7", "solution": "print(1)"}], problems=write_rows([row]), workers=1)
    assert "\n" not in str(caught.value)


def test_the_command_refuses_a_bad_set_with_status_2_and_writes_nothing(
    write_rows: Callable[..., Path],
) -> None:
    samples = write_rows([{"question_id": "1873_A", "code_list": ["print(2)"]}], "samples.jsonl")
    problems = write_rows([LCB | {"private_test_cases": packed(7)}], "problems.jsonl")
    store = samples.with_name("store.db")
    arguments = ["evaluate", samples, "--problems", problems, "--store", store]
    done = CliRunner().invoke(main, [str(each) for each in arguments])
    assert done.exit_code == 2, done.output
    last = done.stderr.strip().splitlines()[-1]
    assert "private_test_cases cannot be read: a pickle of more than one text" in last
    assert "Traceback" not in done.stderr
    assert not [path for path in samples.parent.iterdir() if "_results" in path.name or "_run" in path.name]
    if store.exists():
        assert b"1873_A" not in store.read_bytes()


@pytest.mark.parametrize(
    ("source", "given"),
    [
        ("x: List[int] = []", "from typing import List; "), ("y = inf + sqrt(4)", "from math import inf; from math import sqrt; "),
        ("math.floor(2.5)", "import math; "), ("a.inf", ""), ("print(1)", ""),
        ("bisect.bisect(a, 1)", "import bisect; "),
    ],
)  # fmt: skip
def test_names_that_leetcode_gives_are_imported_where_a_text_uses_them(source: str, given: str) -> None:
    expected = f"{given.removesuffix('; ')}\n{source}" if given else source
    assert with_given_names(source) == expected


def test_given_names_stand_behind_future_lines() -> None:
    source = '"""Text."""\nfrom __future__ import annotations\nx = inf\n'
    assert with_given_names(source) == (
        '"""Text."""\nfrom __future__ import annotations; from math import inf\nx = inf\n'
    )


@pytest.mark.parametrize(
    "begin",
    [
        "from __future__ import annotations\n",
        "from __future__ import annotations  # a word\r\nimport sys\r\n",
        "'é'; from __future__ import annotations; words = [\n    1]\n",
        "from __future__ import (annotations,\n    division)\n",
        "from __future__ import annotations, \\\n    division\n",
        '"""\nfrom __future__ import annotations\n"""\n',
        'words = """\nfrom __future__ import division\n"""\n',
    ],
)
def test_given_names_are_there_however_future_imports_are_written(begin: str) -> None:
    source = f"{begin}class Solution:\n    def f(self, a: List[int]) -> int:\n        return Counter(a)[1]\n"
    namespace: dict[str, Any] = {}
    exec(with_given_names(source), namespace)
    assert namespace["Solution"]().f([1, 1]) == 2
