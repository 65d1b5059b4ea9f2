"""How a stream of programs is cut, what is told of a lost batch, and that values survive the way."""

import pytest

from evaluator.executors.ray.batches import Batch, Batcher, CheckStats
from evaluator.executors.ray.serialization import (
    from_bytes,
    pack_check,
    pack_options,
    to_bytes,
    unpack_check,
    unpack_options,
)
from sandbox import Check, ExecutionMode, JudgeMode, Limits, Outcome, Program, SandboxOptions, Verdict

CHEAP = Check("cheap", "def check(candidate): pass\n")
DEAR = Check("dear", "def check(candidate): pass\n")


def took(seconds: float) -> Outcome:
    return Outcome(Verdict.PASSED, wall_s=seconds, cpu_s=seconds)


def test_batches_follow_one_another_and_leave_nothing_out() -> None:
    sources = [f"# {n}" for n in range(1000)]
    cutter = Batcher((Program(each, CHEAP) for each in sources), CheckStats())
    batches = list(iter(lambda: cutter.cut(1), None))
    assert [text for batch in batches for text in batch.sources] == sources
    assert [batch.first for batch in batches[1:]] == [batch.first + len(batch) for batch in batches[:-1]]
    assert cutter.exhausted


def test_a_batch_of_costly_programs_is_smaller() -> None:
    checks = CheckStats()
    cheap, dear = checks.number(CHEAP), checks.number(DEAR)
    for _ in range(5000):
        checks.learn(cheap, took(0.001))
    for _ in range(50):
        checks.learn(dear, took(2.0))
    cutter = Batcher((Program("", check) for check in [CHEAP] * 5000 + [DEAR] * 1000), checks)
    rest = list(iter(lambda: cutter.cut(1), None))
    assert max(len(batch) for batch in rest if dear not in batch.checks) > 100
    assert max(len(batch) for batch in rest if cheap not in batch.checks) <= 2


def test_no_batch_is_larger_than_its_bounds() -> None:
    long = Batcher((Program("#" * 300_000, CHEAP) for _ in range(20)), CheckStats())
    assert [len(batch) for batch in iter(lambda: long.cut(64), None)] == [4] * 5
    many = Batcher((Program("", CHEAP) for _ in range(10_000)), CheckStats())
    assert max(len(batch) for batch in iter(lambda: many.cut(4096), None)) == 4096


def test_a_batch_that_is_lost_again_and_again_comes_down_to_single_programs() -> None:
    batch = Batch(100, tuple(range(1000)), tuple(map(str, range(1000))))
    pieces = [batch]
    while max(len(each) for each in pieces) > 1:
        pieces = [piece for each in pieces for piece in each.lost()]
        assert [text for each in pieces for text in each.sources] == list(map(str, range(1000)))
    assert [each.first for each in pieces] == list(range(100, 1100))
    assert batch.lost() == [Batch(100, batch.checks, batch.sources, 1)]
    assert pieces[0].losses == 4


@pytest.mark.parametrize("source", ["", "é\n", "\ud800 lone", "\0\r\n", '"\\'])
def test_any_source_survives(source: str) -> None:
    assert from_bytes(Batch(5, (3,), (source,)).packed()) == [[5, 3, source]]
    check = Check("f", source, source, source)
    assert unpack_check(pack_check(check)) == check


def test_outcomes_and_conditions_survive() -> None:
    outcome = Outcome(Verdict.CRASHED, "\ud800", "m", 3, 0.5, 0.25, 2, ("frames",), ExecutionMode.SHARED)
    assert Outcome.from_plain(from_bytes(to_bytes(outcome.to_plain()))) == outcome
    asked = SandboxOptions(
        Limits(cpu_s=2.5), JudgeMode.IN_PROCESS, "namespace", "namespaces", "dedicated", 0.5, 1 << 63
    )
    assert unpack_options(pack_options(asked, 12)) == (asked, 12)


def test_conditions_from_another_version_are_not_read() -> None:
    assert unpack_options(to_bytes({"code": "another", "options": {"renamed": 1}, "workers": 2})) is None
    assert unpack_options(to_bytes({"asked": {"lane": "auto"}, "workers": 2})) is None  # the version before
