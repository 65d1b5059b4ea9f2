"""Which worker gets which program: one check stays with one worker, and nobody is idle for that."""

from collections.abc import Iterator

import pytest
from tests_sandbox import opened_at

from sandbox import Check, Program, Sandbox, Verdict
from sandbox.schedule import Schedule


@pytest.fixture(params=["auto", "process"])
def box(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    with opened_at("namespaces", workers=2, lane=request.param, audit=0.0) as opened:
        yield opened


def checks(count: int) -> list[Check]:
    return [
        Check("f", f"def check(candidate):\n    assert candidate({n}) == {n + 1}\n") for n in range(count)
    ]


def right(check: Check, number: int) -> Program:
    return Program(f"def f(n):\n    return n + 1  # {number}\n", check)


def wrong(check: Check, number: int) -> Program:
    return Program(f"def f(n):\n    return n  # {number}\n", check)


def known(box: Sandbox, asked: list[Check], pairs: list[tuple[Check, int]]) -> list[int]:
    """Run right and wrong programs; returns how many checks each worker was sent."""
    outcomes = box.run((right if n % 3 else wrong)(check, n) for check, n in pairs)
    assert [outcome.verdict.passed for outcome in outcomes] == [bool(n % 3) for _, n in pairs]
    return [sum(seat.knows(check) for check in asked) for seat in box._workers]


def test_a_check_is_made_ready_by_one_worker(box: Sandbox) -> None:
    asked = checks(20)
    counts = known(box, asked, [(check, n) for check in asked for n in range(40)])
    assert min(counts) >= 4  # both had their part
    assert sum(counts) <= 22  # but for the last, where one helps the other


def test_most_checks_are_made_ready_by_one_worker_whatever_the_order(box: Sandbox) -> None:
    asked = checks(150)
    counts = known(box, asked, [(check, n) for n in range(8) for check in asked])
    assert min(counts) >= 30
    assert sum(counts) <= 225


def test_a_check_that_all_programs_have_keeps_every_worker_busy(box: Sandbox) -> None:
    (check,) = checks(1)
    outcomes = list(box.run(right(check, n) for n in range(2000)))
    assert {outcome.verdict for outcome in outcomes} == {Verdict.PASSED}
    assert all(seat.knows(check) for seat in box._workers)


def test_programs_are_read_only_as_far_ahead_as_is_promised(box: Sandbox) -> None:
    first, *others = checks(9)
    read = 0

    def programs() -> Iterator[tuple[int, Program]]:
        nonlocal read
        for read in range(100_000):
            yield read, right(first if read < 50_000 else others[read % 8], read)

    schedule = Schedule(box._workers, programs(), shared=True)
    jobs = {job.serial for seat in box._workers for job in [next(schedule.taken(seat))] if job}
    assert jobs == {0, 1}
    assert read < 10
    one, other = box._workers
    for job in schedule.taken(one):
        one.give(job)
        break
    assert next(schedule.taken(other)).serial < 600
    assert read < 600


def test_what_is_kept_for_one_is_done_by_another_once_there_is_nothing_else(box: Sandbox) -> None:
    (check,) = checks(1)
    schedule = Schedule(box._workers, enumerate(right(check, n) for n in range(300)), shared=True)
    one, other = box._workers
    one.give(next(schedule.taken(one)))
    taken = [job.serial for job, _ in zip(schedule.taken(other), range(299), strict=False)]
    assert taken == list(range(1, 300))
    assert schedule.is_empty
    one.abandon()
