"""`scripts/test --all` leaves no test out: every file belongs to exactly one part, or to one part for each level."""

from functools import partial
from pathlib import Path

import pytest
from _pytest.mark.expression import Expression

from tests.parts import PARTS, Part, parts_to_run, paths_of

_TESTS = Path(__file__).parent
_FILES = sorted(
    path.relative_to(_TESTS).as_posix() for path in _TESTS.rglob("test_*.py") if "corpus" not in path.parts
)
_NAMES = [
    "test_x",
    "test_x[landlock-a]",
    "test_x[namespaces]",
    "test_x[docker-a]",
    "test_docker[gvisor]",
    "test_x[gvisor]",
]


def _inside(file: str, folder: str) -> bool:
    return folder in {"", file} or file.startswith(f"{folder}/")


def _has(part: Part, file: str, parts: list[Part]) -> bool:
    given = [each.removeprefix("tests/").removeprefix("tests") for each in paths_of(part, parts)]
    ignored = [each.removeprefix("--ignore=tests/") for each in given if each.startswith("--ignore=")]
    own = [each for each in given if not each.startswith("--ignore=")]
    return any(_inside(file, each) for each in own) and not any(_inside(file, each) for each in ignored)


@pytest.mark.parametrize("quick", [False, True])
def test_every_test_is_in_exactly_one_part(*, quick: bool) -> None:
    parts = parts_to_run(quick=quick)
    chosen = {part: Expression.compile(part.only) for part in parts if part.only}
    for file in _FILES:
        having = [part for part in parts if _has(part, file, parts)]
        for name in _NAMES:
            there = partial(_is_in, name)
            found = [part for part in having if part not in chosen or chosen[part].evaluate(there)]
            assert len(found) == 1, (file, name, found)


def _is_in(name: str, word: str, /, **_: object) -> bool:
    return word in name


def test_every_part_names_what_is_there() -> None:
    assert not [path for part in PARTS for path in part.paths if not (_TESTS / path).exists()]
