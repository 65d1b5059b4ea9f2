"""LiveCodeBench's rows: hidden tests in a pickle, which is read and never run, and methods."""

import base64
import json
import os
import pickle
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from evaluator.errors import ProblemsError
from evaluator.problems.formats.text_pickle import text_of_pickle, unpacked_text
from evaluator.problems.load import problem_of_row
from tests.evaluator.problems.stdio_rows import CALLS, LCB, PRIVATE, packed, stdio


class Malicious:
    """Makes a folder when it is unpickled."""

    def __init__(self, path: str) -> None:
        self._path = path

    def __reduce__(self) -> tuple[Callable[..., None], tuple[str]]:
        return os.mkdir, (self._path,)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_hidden_tests_of_livecodebench_follow_its_public_ones(protocol: int) -> None:
    row = LCB | {"private_test_cases": packed(json.dumps(PRIVATE, ensure_ascii=False), protocol)}
    assert stdio(row).tests == (("1\n", "2\n"), ("3\n", "é 6\n"))
    assert problem_of_row(row).statement == "Double it."


def test_hidden_tests_that_are_json_are_read_as_they_are() -> None:
    assert len(stdio(LCB | {"private_test_cases": json.dumps(PRIVATE)}).tests) == 2


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("beside", [False, True])
def test_a_malicious_pickle_is_refused_and_not_run(tmp_path: Path, protocol: int, *, beside: bool) -> None:
    made = tmp_path / "made"
    value: object = ["text", Malicious(str(made))] if beside else Malicious(str(made))
    with pytest.raises(
        ProblemsError, match=r"1873_A: private_test_cases cannot be read: a pickle of more than"
    ):
        problem_of_row(LCB | {"private_test_cases": packed(value, protocol)})
    assert not made.exists()
    pickle.loads(pickle.dumps(value, protocol))  # it would have run
    assert made.is_dir()


@pytest.mark.parametrize("value", [None, 7, b"bytes", ["a"], {"a": "b"}, ("a", "b"), 1.5, True])
def test_only_one_text_comes_out_of_a_pickle(value: object) -> None:
    with pytest.raises(ValueError, match="a pickle of more than one text"):
        text_of_pickle(pickle.dumps(value))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("!", "not base64 of zlib"), ("AAAA", "not base64 of zlib"),
        (base64.b64encode(zlib.compress(b"")).decode(), "a damaged pickle"),
        (base64.b64encode(zlib.compress(pickle.dumps("text")[:-1])).decode(), "a damaged pickle"),
        (base64.b64encode(zlib.compress(pickle.dumps("text" * 99))[:-9]).decode(), "cut short"),
        (base64.b64encode(zlib.compress(b"\xff" * 9)).decode(), "a damaged pickle"),
    ],
)  # fmt: skip
def test_damaged_packing_is_named(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        unpacked_text(text)


def test_livecodebench_names_the_method_in_its_metadata() -> None:
    row = LCB | {"public_test_cases": json.dumps(CALLS), "metadata": json.dumps({"func_name": "add"})}
    problem = problem_of_row(row)
    assert (problem.kind, problem.entry_point) == ("method", "Solution().add")
