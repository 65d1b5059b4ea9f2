"""EvalPlus's comparison, against its own code and against numpy."""

import importlib
import itertools
import math
import pickle
import sys
from collections.abc import Callable, Iterator
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evaluator.problems.formats import evalplus_oracle as ours
from evaluator.problems.formats.evalplus import evalplus_problem
from evaluator.problems.formats.mbpp_types import _SHAPE_OF, mbpp_arguments


@pytest.fixture(scope="module")
def evalplus() -> Iterator[SimpleNamespace]:
    """EvalPlus's own functions; `datasets`, which it imports to download its data with, is not needed here."""
    with pytest.MonkeyPatch.context() as patch:
        hub: Any = ModuleType("datasets")
        hub.load_dataset = None
        patch.setitem(sys.modules, "datasets", hub)
        special = importlib.import_module("evalplus.eval._special_oracle")
        mbpp = importlib.import_module("evalplus.data.mbpp")
        yield SimpleNamespace(special=special, mbpp=mbpp)


Check = Callable[[Callable[..., Any]], None]


def oracle(
    reference: str, calls: list[Any], *, atol: float = 0, name: str = "f", extra: Any = (), task: str = "a/0"
) -> Check:
    row = {"task_id": task, "prompt": "", "entry_point": name, "canonical_solution": reference}
    problem = evalplus_problem({**row, "base_input": calls, "plus_input": list(extra), "atol": atol})
    namespace: dict[str, Any] = {}
    exec(problem.check.fixtures + problem.check.test, namespace)
    return namespace["check"]


def agrees(output: Any, expected: Any, atol: float = 0) -> bool:
    check = oracle(
        f"inf = float('inf'); nan = float('nan')\ndef f():\n    return {expected!r}", [[]], atol=atol
    )
    try:
        check(lambda: output)
    except AssertionError:
        return False
    return True


NUMBERS = st.one_of(
    st.integers(-5, 5),
    st.booleans(),
    st.sampled_from([math.inf, -math.inf, math.nan, 1.0, 1.0 + 1e-9, 2**70, 1e300]),
)
VALUES = st.recursive(
    NUMBERS | st.sampled_from(["a", "", None]),
    lambda inner: st.lists(inner, max_size=3) | st.tuples(inner, inner),
    max_leaves=8,
)


def evalplus_agrees(output: Any, expected: Any, atol: float) -> bool:
    floats = isinstance(expected, float) or (
        isinstance(expected, list | tuple)
        and len(expected) > 0
        and all(isinstance(i, float) for i in expected)
    )
    atol = 1e-6 if atol == 0 and floats else atol
    try:
        if output == expected or atol == 0:
            return bool(output == expected)
        if type(output) is not type(expected):
            return False
        if isinstance(expected, list | tuple) and len(output) != len(expected):
            return False
        return bool(np.allclose(output, expected, rtol=1e-07, atol=atol))
    except (TypeError, ValueError, OverflowError):
        return False


@settings(max_examples=400, deadline=None)
@given(VALUES, VALUES, st.sampled_from([0, 1e-6, 0.5]))
def test_values_agree_exactly_when_numpy_says_so(output: Any, expected: Any, atol: float) -> None:
    apart = pickle.loads(pickle.dumps(output))  # a NaN equals itself when it is the same object
    assert agrees(output, expected, atol) == evalplus_agrees(apart, expected, atol)


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        ([[1.0], [2.0]], [[1.0, 1.0], [2.0, 2.0]]),
        ([[1.0, 2.0]], [[1.0, 2.0 + 1e-9]]),
        ((1.0, 2.0), (1.0, 2.0 + 1e-9)),
    ],
)
def test_nested_floats_broadcast_as_numpys_do(output: Any, expected: Any) -> None:
    assert agrees(output, expected, 1e-6)


def test_a_tuple_is_not_a_list_unless_exactly_equal_was_asked_of_scalars() -> None:
    assert not agrees((1, 2), [1, 2])
    assert not agrees((1.0, 2.0), [1.0, 2.0])


def test_tolerance_lasts_for_the_part_once_a_float_was_expected() -> None:
    reference = "def f(i):\n    return [10**8, 0.5, 10**8][i]"
    early = oracle(reference, [[0], [1]])
    late = oracle(reference, [[1], [2]])
    split = oracle(reference, [[1]], extra=[[2]])
    wrong = [10**8 + 1, 0.5, 10**8 + 1]
    with pytest.raises(AssertionError, match="base input 0"):
        early(lambda i: wrong[i])
    late(lambda i: wrong[i])
    with pytest.raises(AssertionError, match="plus input 0"):
        split(lambda i: wrong[i])


def test_the_reference_is_given_copies_and_the_candidate_the_inputs_as_they_were() -> None:
    check = oracle("def f(x):\n    x.append(1)\n    return len(x)", [[[5]], [[5, 6]]])
    seen: list[list[int]] = []
    check(lambda x: seen.append(list(x)) or len(x) + 1)  # type: ignore[func-returns-value]
    assert seen == [[5], [5, 6]]


def test_the_reference_is_asked_no_further_than_a_program_gets() -> None:
    check = oracle("def f(x):\n    return 1 // x", [[1], [0]])
    with pytest.raises(AssertionError, match="base input 0"):
        check(lambda x: x + 1)
    with pytest.raises(ZeroDivisionError):
        check(lambda x: x)


def test_a_miss_names_the_call_its_answer_and_what_was_expected() -> None:
    check = oracle("def f(x, y):\n    return x + y", [[[1], [2]]])
    with pytest.raises(AssertionError) as told:
        check(lambda x, _y: x)
    assert str(told.value) == "base input 0: f([1], [2]) gave [1], expected [1, 2]"


@pytest.mark.parametrize("size", ["number", "text", "list", "nested", "dict"])
def test_a_miss_is_told_in_bounded_text(size: str) -> None:
    large: dict[str, object] = {
        "number": 10**5000, "text": "x" * 10**6, "list": list(range(10**5)), "nested": [[[[[[[[1]]]]]]]] * 50,
        "dict": {1: "y" * 999},
    }  # fmt: skip
    check = oracle("def f(x):\n    return 1", [[0]])
    with pytest.raises(AssertionError) as told:
        check(lambda _x: large[size])
    assert str(told.value).startswith("base input 0: f(0) gave ")
    assert str(told.value).endswith(", expected 1")
    assert len(str(told.value)) < 400


def test_find_zero_takes_any_zero_of_the_polynomial() -> None:
    check = oracle(
        "def find_zero(xs):\n    return 1.0",
        [[[-1, 0, 1, 0]]],
        name="find_zero",
        atol=1e-4,
        task="HumanEval/32",
    )
    check(lambda _xs: -1.0)
    with pytest.raises(AssertionError, match="base input 0"):
        check(lambda _xs: 0.5)
    with pytest.raises(AssertionError, match="base input 0"):
        check(lambda _xs: None)


@pytest.mark.parametrize(
    ("name", "expected", "good", "bad"),
    [
        ("similar_elements", "(4, 5)", [5, 4], [4]),
        ("text_match_three", "'Found'", "anything", None),
        ("sum_div", "3", 0, 1),
        ("digit_distance_nums", "7", 0, 1),
        ("surface_Area", "0", 35, 33),
    ],
)
def test_mbpp_tasks_with_their_own_oracle(name: str, expected: str, good: Any, bad: Any) -> None:
    calls = {"digit_distance_nums": [12, 12], "surface_Area": [3, 4]}.get(name, [])
    check = oracle(f"def {name}(*_):\n    return {expected}", [calls], name=name, task="Mbpp/0")
    check(lambda *_: good)
    with pytest.raises(AssertionError):
        check(lambda *_: bad)


def test_special_oracles_and_floats_equal_evalpluss(evalplus: SimpleNamespace) -> None:
    special = evalplus.special
    for base, height in itertools.product([1, 3, 4.5], [2, 4, 7.25]):
        assert ours._pyramid_surface(base, height) == special._surface_Area(base, height)
    for first, second in itertools.product([1, 23, 456], repeat=2):
        assert ours._digit_distance(first, second) == special._digit_distance_nums(first, second)
    assert set(special.MBPP_OUTPUT_SET_EQ_TASKS) == ours._AS_SETS
    assert set(special.MBPP_OUTPUT_NOT_NONE_TASKS) == ours._NOT_NONE
    assert ours._polynomial([1, 2, 3], 0.5) == special._poly([1, 2, 3], 0.5)


MBPP_JSON = {
    115: [[[[1, 2], [], 3]]], 124: [["1.5", "2+3j"]], 252: [["1+1j"]],
    722: [[{"a": [1, 2]}, 3, 4]], 278: [[[1, [2], 3]]],
    580: [[[1, [2, [3]]]]], 2: [[[1], [2]]], 63: [[[[1, 2]]]], 75: [[[[1, 2]], 3]], 106: [[[1], [2]]],
    250: [[[1, 2], 3]], 259: [[[[1, 2]], [[3]]]], 307: [[[1], 2, 3]], 1: [[[1]]],
}  # fmt: skip


@pytest.mark.parametrize("number", MBPP_JSON)
def test_mbpp_inputs_become_what_evalplus_makes_of_them(number: int, evalplus: SimpleNamespace) -> None:
    theirs = evalplus.mbpp
    inputs = MBPP_JSON[number]
    expected = theirs.mbpp_deserialize_inputs(f"Mbpp/{number}", inputs)
    assert repr(mbpp_arguments(f"Mbpp/{number}", inputs)) == repr(expected)


def test_every_task_evalplus_reshapes_is_in_our_table(evalplus: SimpleNamespace) -> None:
    theirs = evalplus.mbpp
    for number in range(1, 1000):
        try:
            same = theirs.mbpp_deserialize_inputs(f"Mbpp/{number}", [[[[1]], [[2]], [[3]]]]) == [
                [[[1]], [[2]], [[3]]]
            ]
        except (TypeError, AttributeError, ValueError):
            same = False
        assert (str(number) in _SHAPE_OF) == (not same), number


def test_arguments_of_every_type_reach_the_candidate_unchanged() -> None:
    check = oracle("def f(*args):\n    return repr(args)", [["1.5", "2+3j"]], task="Mbpp/124")
    check(lambda *args: repr(args))
    sets = oracle("def f(x):\n    return repr(x)", [[[[1], []]]], task="Mbpp/115")
    sets(lambda x: "[{1}, {}]")  # noqa: ARG005 - the reference's own text
