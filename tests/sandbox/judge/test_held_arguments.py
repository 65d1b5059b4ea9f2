"""A test that looks at an argument again sees what the program did to it, as in one process."""

import ast
from collections import OrderedDict, defaultdict
from collections.abc import Iterator

import pytest
from tests_sandbox import run_one

from sandbox import Check, ExecutionMode, JudgeMode, Outcome, Program, Sandbox, open_sandbox
from sandbox.judge.argument_use import may_look_again, needs_copies_first, wants_work_in_place
from sandbox.judge.held_arguments import HeldObjects
from sandbox.judge.verdicts import CandidateStoppedError
from sandbox.wire.held_arguments import ReferringEncoder, held_parts
from sandbox.wire.value_decoder import Decoder
from sandbox.wire.value_encoder import encode
from sandbox.wire.value_format import DecodingError

REMOVING = "a = args[0]\nkept = sorted(set(a))\na[: len(kept)] = kept\nreturn len(kept)"
# The body of `f(*args)`, that of `check(f)`, and whether the program passes in one process.
CASES = [
    ("args[0].sort()", "a = [3, 1, 2]\nf(a)\nassert a == [1, 2, 3]", True),
    ("args[0].reverse()", "a = [3, 1, 2]\nf(a)\nassert a == [1, 2, 3]", False),
    ("pass", "a = [3, 1, 2]\nf(a)\nassert a == [1, 2, 3]", False),
    ("xs = args[0]\nxs[0] *= 2\nreturn xs", "a = [1]\nassert f(a) == [2]\nassert a == [1]", False),
    ("return [x * 2 for x in args[0]]", "a = [1]\nassert f(a) == [2]\nassert a == [1]", True),
    ("args[0]['k'] = {1, 2}", "a = {}\nf(a)\nassert a == {'k': {1, 2}}", True),
    ("args[0].discard(1)", "a = {1, 2}\nf(a)\nassert a == {2}", True),
    ("args[0][0] = 65", "a = bytearray(b'zz')\nf(a)\nassert a == b'Az'", True),
    ("args[0][0].append(9)", "a = ([1], 2)\nf(a)\nassert a == ([1, 9], 2)", True),
    ("args[0][1][0].clear()", "a = [1, [{'b': 2}]]\nf(a)\nassert a == [1, [{}]]", True),
    ("args[0].sort()", "x, y = [3], [1]\na = [x, y]\nf(a)\nassert a[0] is y and x == [3] and a[1] is x", True),
    ("return args[0]", "a = [1]\nb = f(a)\nb.append(2)\nassert a == [1]", False),
    ("return list(args[0])", "a = [1]\nb = f(a)\nb.append(2)\nassert a == [1] and f(a) is not a", True),
    ("return list(args[0])", "a = [[1]]\nb = f(a)\nassert b is not a and b[0] is a[0]", True),
    ("args[0][0][0] = 1", "a = [[0] * 2] * 3\nf(a)\nassert a == [[1, 0]] * 3", True),
    ("args[0][0][0] = 1\nreturn args[0]", "assert f([[0]] * 2) == [[1], [1]]", True),
    ("args[0].append(1)\nreturn args[1]", "a = []\nassert f(a, a) is a and a == [1]", True),
    ("args[0].append(args[0])", "a = []\nf(a)\nassert a[0] is a and len(a) == 1", True),
    ("args[0].append(1)\nraise KeyError(7)", "a = []\ntry: f(a)\nexcept KeyError: pass\nassert a == [1]", True),
    ("args[0].append(1)", "a = []\nf(a)\nf(a)\nassert a == [1, 1]", True),
    ("args[0].append(1)", "for a in [[], [0]]:\n    n = len(a)\n    f(a)\n    assert len(a) == n + 1", True),
    ("args[0].clear()", "import keyword\nn = len(keyword.kwlist)\nassert n\nf(keyword.kwlist)", True),
    ("args[0].append(len)", "a = []\nf(a)\nassert a == [1]", False),
    ("args[0] += [1]", "a = [0]\nf(a)\nassert a == [0]", False),
    ("args[0].append({args[0][0]: b'x'})", "a = [(1, 2)]\nf(a)\nassert a == [(1, 2), {(1, 2): b'x'}]", True),
    ("args[0].pop()", "a = list(range(100_000))\nf(a)\nassert a == list(range(99_999))", True),
    ("args[0].clear()\nreturn []", "a = [2, 1]\nassert f(a) == [1, 2]", False),
    ("args[0].sort()\nreturn args[0]", "a = [2, 1]\nassert f(a) == sorted(a)", True),
    (REMOVING, "a = [1, 1, 2]\nb = [1, 2]\nk = f(a)\nfor i in range(k): assert a[i] == b[i]\nassert k == 2", True),
    (REMOVING, "a = [1, 1, 2]\nk = f(a)\nassert (k, a[:k]) == (2, [1, 2])", True),
    (REMOVING, "for a, b in [([1, 1, 2], [1, 2])]:\n    k = f(a)\n    assert sorted(a[:k]) == sorted(b)", True),
    (REMOVING, "a, b = [1, 1], [1]\nk = f(a)\nassert all(x == y for x, y in zip(a[:k], b))", True),
    (REMOVING, "a = [1, 1]\nk = f(a)\nassert a[:k] == [7]", False),
    ("args[0].append(1)\nreturn args[0]", "a = []\nb = f(a)\nb = f(a)\nassert b == [1, 1]", True),
    ("return sum(args[0])", "a = [1, 2]\nassert [g(a) for g in (f, f)] == [3, 3] and a == [1, 2]", True),
]  # fmt: skip


def check(body: str) -> Check:
    return Check("f", "def check(f):\n" + "".join(f"    {line}\n" for line in body.splitlines()))


def program(body: str, test: str) -> Program:
    return Program("def f(*args):\n" + "".join(f"    {line}\n" for line in body.splitlines()), check(test))


@pytest.fixture(scope="module")
def boxes() -> Iterator[dict[str, Sandbox]]:
    with (
        open_sandbox(1, execution="auto", audit=1.0) as auto,
        open_sandbox(1, execution="dedicated") as dedicated,
        open_sandbox(1, judge=JudgeMode.IN_PROCESS) as one_process,
    ):
        yield {"auto": auto, "dedicated": dedicated, "in-process": one_process}


@pytest.mark.parametrize(("body", "test", "passes"), CASES)
def test_the_verdict_is_that_of_one_process(
    boxes: dict[str, Sandbox], body: str, test: str, *, passes: bool
) -> None:
    found = {name: run_one(box, program(body, test)).verdict.passed for name, box in boxes.items()}
    assert found == dict.fromkeys(boxes, passes)


# Tests that look at `a` again, each written so that the call or `check` itself is not the usual one.
SORTS = (
    "def f(x):\n    (x['a'] if isinstance(x, dict) else x).sort()\n    return x if type(x) is int else 4\n"
)
UNUSUAL = [
    "def check(c):\n    a = [3, 1]\n    assert c(dict(a=a)) == 4\n",
    "def check(c):\n    a = [3, 1]\n    assert c(max([], default=a)) == 4\n",
    "def check(c, /):\n    a = [3, 1]\n    assert c(a) == 4\n",
    "def check(*cs):\n    a = [3, 1]\n    assert cs[0](a) == 4\n",
    "def check(c, d=None):\n    d = c\n    a = [3, 1]\n    assert d(a) == 4\n",
    "def run(c):\n    a = [3, 1]\n    assert c(a) == 4\n",
    "class Run:\n    def __call__(self, c):\n        a = [3, 1]\n        assert c(a) == 4\n",
    "def check(c):\n    a = [3, 1]\n    def list(x):\n        return a\n    assert c(list(1)) == 4\n",
    "from copy import copy as list\ndef check(c):\n    a = [[3, 1]]\n    a, = list(a)\n    assert c(a) == 4\n",
    "def check(c):\n    import copy\n    a = [3, 1]\n    assert c(copy.deepcopy(a, {id(a): a})) == 4\n",
]  # fmt: skip


@pytest.mark.parametrize("text", UNUSUAL)
def test_a_second_look_is_seen_however_the_test_is_written(boxes: dict[str, Sandbox], text: str) -> None:
    end = "        assert a == {}\ncheck = Run()\n" if "class" in text else "    assert a == {}\n"
    if "def run" in text:
        end += "check = run\n"
    for wanted, passes in (("[1, 3]", True), ("[3, 1]", False)):
        asked = Program(SORTS, Check("f", text + end.format(wanted)))
        found = {name: run_one(box, asked).verdict.passed for name, box in boxes.items()}
        assert found == dict.fromkeys(boxes, passes), wanted


@pytest.mark.usefixtures("tried_first")
def test_the_shared_process_says_the_same() -> None:
    with open_sandbox(1, audit=1.0) as box:
        outcomes = list(box.run(program(body, test) for body, test, _passes in CASES))
        assert [outcome.verdict.passed for outcome in outcomes] == [passes for *_, passes in CASES]
        assert box.audit.disagreed == 0
        assert box.audit.confirmed > len(CASES) // 2


@pytest.mark.usefixtures("tried_first")
def test_programs_of_a_group_see_arguments_that_no_other_has_changed() -> None:
    one = check(
        "import keyword\nassert 'def' in keyword.kwlist\nf(keyword.kwlist)\nassert not keyword.kwlist"
    )
    clear, leave = "def f(xs):\n    xs.clear()\n", "def f(xs):\n    return len(xs)\n"
    with open_sandbox(1, audit=0.0) as box:
        sources = [clear, leave] * 10
        outcomes = list(box.run(Program(source, one) for source in sources))
        assert [outcome.verdict.passed for outcome in outcomes] == [source is clear for source in sources]
        assert ExecutionMode.SHARED in {outcome.execution for outcome in outcomes}


def test_what_a_program_writes_into_an_argument_is_bounded(boxes: dict[str, Sandbox]) -> None:
    outcome = run_one(boxes["dedicated"], program("args[0].extend(['x' * 1000] * 20_000)", "a = []\nf(a)"))
    assert outcome.verdict == "output_limit"


# Learns from the first of its two runs, by the numbers of processes, the order that the second has to return.
TOLD = """
import itertools, os
ORDERS = list(itertools.permutations(range(3)))
told = os.getpid() % 64 - 40
first = None
def f(a):
    global first
    if first is None:
        first = list(a)
        if 0 <= told < 6:
            return [a[i] for i in ORDERS[told]]
        a.clear()
        return []
    for n, order in enumerate(ORDERS):
        if not 0 <= told < 6 and [first[i] for i in order] == a:
            pid = 0
            while (pid + 1) % 64 != 40 + n:
                pid = os.fork()
                if pid == 0:
                    os._exit(0)
                os.waitpid(pid, 0)
    return list(a)
"""


def test_what_passes_by_spoiling_an_argument_cannot_tell_its_other_run(boxes: dict[str, Sandbox]) -> None:
    text = "a = [3, 1, 2]\nassert f(a) == sorted(a)\nassert f([1, 2, 3]) == [1, 2, 3]"
    for name in ("auto", "dedicated"):
        for number in range(3):
            outcome = run_one(boxes[name], Program(f"{TOLD}# {number}\n", check(text)))
            assert outcome.verdict == "wrong_answer", (name, outcome.detail)


FORGER = """
import sys
def f(xs):
    answers = sys._getframe(1).f_locals["self"]
    frame = sys._getframe(1).f_globals["frame"]
    encode = sys._getframe(1).f_globals["encode"]
    answers._send(frame({kind!r}, encode({said})))
"""


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (b"v", "(((0, (1, 2, 3)),), None)"), (b"v", "(((0, {1: 2}),), None)"), (b"v", "(((7, [1]),), None)"),
        (b"v", "(((-1, [1]),), None)"), (b"v", "([(0, [1, 2, 3])], None)"), (b"v", "(((True, [1]),), None)"),
        (b"v", "(((0, 1, 2),), None)"), (b"v", "None"), (b"v", "()"), (b"x", "((), ('exception',))"),
    ],
)  # fmt: skip
def test_a_forged_change_is_no_change(boxes: dict[str, Sandbox], kind: bytes, said: str) -> None:
    test = "a = ([3, 1, 2],)\ntry: f(*a)\nexcept BaseException: pass\nassert sorted(a[0]) == [1, 2, 3]"
    outcome: Outcome = run_one(
        boxes["dedicated"],
        Program(FORGER.format(kind=kind, said=said), check(f"{test}\nassert a[0] == [1, 2, 3]")),
    )
    assert outcome.verdict == "crashed"
    assert "protocol" in outcome.detail


def test_an_answer_about_arguments_that_nobody_holds_breaks_the_protocol(boxes: dict[str, Sandbox]) -> None:
    source = FORGER.format(kind=b"v", said="((), 3)")
    assert run_one(boxes["dedicated"], Program(source, check("assert f([1]) == 3"))).verdict == "crashed"


def test_the_judges_objects_keep_their_type_and_are_put_back() -> None:
    held = [[1], OrderedDict(a=1), defaultdict(int, b=2), {3}, bytearray(b"4")]
    objects = HeldObjects()
    objects.change(held, ((0, []), (1, {"z": 1, "y": 2}), (2, {}), (3, {5}), (4, bytearray())))
    objects.change(held, ((0, [8]),))
    assert held == [[8], OrderedDict(z=1, y=2), {}, {5}, b""]
    assert [type(each) for each in held] == [list, OrderedDict, defaultdict, set, bytearray]
    objects.restore()
    assert held == [[1], {"a": 1}, {"b": 2}, {3}, b"4"]
    with pytest.raises(CandidateStoppedError):
        objects.change(held, ((0, {"a": 1}),))


def test_references_name_the_judges_own_objects_and_nothing_else() -> None:
    inner = [2]
    parts = held_parts(([1, inner],), {"k": inner}).found
    data = ReferringEncoder(1000, lambda _iterator: 0, parts).encode(([inner, inner], 5))
    decoder = Decoder()
    decoder.parts = mine = [["outer"], ["inner"]]
    value, number = decoder.decode(data)
    assert (value[0], value[1], number) == (mine[1], mine[1], 5)
    assert value[0] is mine[1]
    with pytest.raises(DecodingError):
        Decoder().decode(data)
    assert encode([inner, inner]) == encode([[2], [2]])


@pytest.mark.parametrize(
    ("body", "looks"),
    [
        ("assert f(1, 'a', [2, -3], {4: (5,)}) == 6", False),
        ("assert f([1] + []) == f(x=[1])", True), ("assert f('a' * 3, 2 ** 70, -1)", False),
        ("a = [1]\nassert f(copy.deepcopy(a)) == 1", False), ("assert f('a b'.split(), list(range(9)))", False),
        ("a = [1]\nassert f(a) == 1", True), ("for a in x:\n    f(*a)", True), ("assert f([[0] * 3] * 3)", True),
        ("assert list(map(f, x))", True), ("g = f\ng(1)", True), ("assert f([g()])", True), ("eval('f(a)')", True),
    ],
)  # fmt: skip
def test_arguments_come_back_only_where_a_test_may_look_at_them(body: str, *, looks: bool) -> None:
    assert may_look_again([ast.parse(check(body).test)], "f") is looks


# A test that works out from an argument what it expects is passed in one process by who empties the argument.
WEAK = [
    "a = [2, 1]\nassert f(a) == sorted(a)",
    "a = [2, 1]\nb = f(a)\nassert b == sorted(a)",
    "for a in ([2, 1], [3, 1, 2]):\n    assert f(a) == sorted(a)",
    "a = [2, 1]\nb = f(a)\nassert len(a) == 2 or b == []\nassert b == sorted(a)",
    "a = [2, 1]\ndef g(x): return f(x)\nassert g(a) == sorted(a)",
    "s = [[2, 1]]\nfor a in s: b = f(a)\nassert b == sorted(s[0])",
]


@pytest.mark.parametrize("test", WEAK)
@pytest.mark.parametrize("execution", ["auto", "dedicated"])
def test_who_changes_what_the_test_expects_does_not_pass(
    test: str, execution: str, boxes: dict[str, Sandbox]
) -> None:
    programs = [
        program("args[0].clear()\nreturn []", test),
        program("args[0][:] = [0] * len(args[0])\nreturn args[0]", test),
        program("args[0].sort()\nreturn list(args[0])", test),
        program("return sorted(args[0])", test),
    ]
    outcomes = list(boxes[execution].run(programs * 20))
    assert [outcome.verdict.passed for outcome in outcomes] == [False, False, True, True] * 20


def test_a_test_about_work_in_place_is_known_by_its_text() -> None:
    def wants(body: str) -> bool:
        return wants_work_in_place(ast.parse(check(body).test), "f")

    assert wants("a = [2]\nf(a)\nassert a == []")
    assert wants("a = [2]\nassert f(a) is None\nassert a == []")
    assert wants("a = [2]\nb = []\nk = f(a)\nassert a[:k] == b")
    assert wants("a = [2]\nb = []\nk = f(a)\nself.assertEqual(b, a[:k])")
    assert not wants("a = [2]\nb = f(a)\nassert b == a and len(a) == 1")
    assert not any(map(wants, WEAK))


def test_copies_come_first_where_a_test_may_expect_something_of_an_argument() -> None:
    def needs(body: str) -> bool:
        return needs_copies_first(ast.parse(check(body).test), "f")

    assert all(map(needs, WEAK))
    assert needs("a = [2]\nb = f(a)\nif a: assert b == [3]")
    assert needs("a = [2]\nb = f(a)\nfor x in b: assert x in a")
    assert needs("a = [2]\nb = list(map(f, [a]))\nassert b == a")
    assert not needs("a = [2]\nb = f(a)\nassert b == [2]")
    assert not needs("a = []\nb = f(a, 1)\nb = f(a, 2)\nassert b == [1, 2]")
