"""Programs that read standard input and cheat: none passes, and the program after each finds nothing of it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from attacks.runner import Census
from attacks.test_corpus import _settled, own_temporary_folder
from tests_sandbox import EVERY_LEVEL, opened_at

from sandbox import Limits, Program, Sandbox, StdioCheck, Verdict

__all__ = ["own_temporary_folder"]  # a fixture

_CORPUS = {
    path.stem: path.read_text() for path in sorted(Path(__file__).with_name("corpus_stdio").glob("*.py"))
}
_LEVELS = [level for level in EVERY_LEVEL if level != "gvisor"]  # which cannot be handed streams
_LIMITS = Limits(cpu_s=0.5, memory_bytes=512 << 20, value_bytes=4 << 20, file_bytes=4 << 20, processes=16)
# What is expected follows from nothing that a program is given.
_SECRET = StdioCheck(tests=(("1\n", "713905\n"), ("2\n", "408816\n"), ("3\n", "996231\n")), compare="exact")
_ANSWERS = "answers = {'1': 713905, '2': 408816, '3': 996231}\nprint(answers[input()])\n"
# Without a scratch folder and processes of its own it fails at the attempt.
_AT_LANDLOCK = {"runtime_error", "blocked", "exited", "crashed"}


@pytest.fixture(scope="module", params=_LEVELS)
def level_box(request: pytest.FixtureRequest) -> Iterator[tuple[str, Sandbox]]:
    with opened_at(str(request.param), limits=_LIMITS) as box:
        yield str(request.param), box


@pytest.mark.parametrize("name", _CORPUS)
def test_it_does_not_pass_and_leaves_nothing(name: str, level_box: tuple[str, Sandbox]) -> None:
    level, box = level_box
    source = _CORPUS[name]
    declared = re.search(r"^# verdict: (.*)$", source, re.MULTILINE)
    assert declared, name
    verdicts = {Verdict(word) for word in declared[1].split("|")}
    if level == "landlock":
        verdicts |= {Verdict(word) for word in _AT_LANDLOCK}
    assert [outcome.verdict for outcome in box.run([Program(_ANSWERS, _SECRET)])] == [Verdict.PASSED]
    before = Census.take()
    judged, after = box.run([Program(source, _SECRET), Program(_ANSWERS, _SECRET)])
    assert judged.verdict in verdicts, judged.detail
    assert after.verdict is Verdict.PASSED, after.detail
    assert _settled(before) == before


def test_the_corpus_is_there() -> None:
    assert len(_CORPUS) >= 20
