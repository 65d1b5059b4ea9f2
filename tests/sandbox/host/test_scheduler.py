"""Which worker gets which program: one check stays with one worker, and nobody is idle for that."""

import itertools
import random
from collections.abc import Iterable, Iterator
from typing import cast

import pytest
from tests_sandbox import opened_at

from sandbox import Check, Outcome, Program, Sandbox, Verdict
from sandbox.host.scheduler import Scheduler
from sandbox.host.worker_slot import Job, WorkerSlot


@pytest.fixture(params=["auto", "dedicated"])
def box(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    with opened_at("namespaces", workers=2, execution=request.param, audit=0.0) as sandbox:
        yield sandbox


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
    return [sum(slot.knows(check) for check in asked) for slot in box._slots]


def test_a_check_is_made_ready_by_one_worker(box: Sandbox) -> None:
    asked = checks(20)
    counts = known(box, asked, [(check, n) for check in asked for n in range(40)])
    assert min(counts) >= 4  # both had their part
    assert sum(counts) <= 32  # but for the last, and for those that go on to who is free


def test_a_check_that_all_programs_have_keeps_every_worker_busy(box: Sandbox) -> None:
    (check,) = checks(1)
    outcomes = list(box.run(right(check, n) for n in range(2000)))
    assert {outcome.verdict for outcome in outcomes} == {Verdict.PASSED}
    assert all(slot.knows(check) for slot in box._slots)


class Place:
    """A worker's place without the worker: what it was given, until it is told that some of that is done."""

    def __init__(self, most_own: int = 48) -> None:
        self.most_own = most_own
        self.jobs: list[Job] = []
        self.known: set[Check] = set()

    @property
    def room(self) -> int:
        return 48 - len(self.jobs)

    def knows(self, check: Check) -> bool:
        return check in self.known

    def has_room_for(self, job: Job) -> bool:
        return len(self.jobs) < 48 and (
            job.shared or sum(not job.shared for job in self.jobs) < self.most_own
        )

    def take(self, scheduler: Scheduler) -> list[int]:
        taken = []
        for job in scheduler.take_jobs(cast("WorkerSlot", self)):
            self.jobs.append(job)
            self.known.add(job.program.check)
            taken.append(job.serial)
        return taken


def opened(pairs: Iterable[tuple[Check, int]], count: int = 2) -> tuple[Scheduler, list[Place]]:
    places = [Place() for _ in range(count)]
    programs = enumerate(right(check, n) for check, n in pairs)
    return Scheduler(cast("list[WorkerSlot]", places), programs, shared=True), places


def work(scheduler: Scheduler, places: list[Place]) -> list[int]:
    """Take everything, each place a few at a time in turn; returns the jobs in the order they were taken."""
    taken = []
    while not scheduler.is_empty:
        for place in places:
            taken += place.take(scheduler)
        for place in places:
            done = place.jobs[:10]
            del place.jobs[:10]
            scheduler.yielded += len(done)
    return taken


@pytest.mark.parametrize("count", [2, 3])
def test_most_checks_are_made_ready_by_one_worker_whatever_the_order(count: int) -> None:
    asked = checks(160)
    scheduler, places = opened(((check, n) for n in range(20) for check in asked), count)
    assert sorted(work(scheduler, places)) == list(range(3200))
    known = [len(place.known) for place in places]
    assert min(known) >= 160 // count // 2
    assert sum(known) <= 240


def test_one_check_is_everybodys_once_enough_of_it_wait_for_one() -> None:
    (check,) = checks(1)
    scheduler, (one, other) = opened((check, n) for n in range(5000))
    assert one.take(scheduler) == list(range(48))
    assert other.take(scheduler) == list(range(560, 608))
    del one.jobs[:8]
    assert one.take(scheduler) == list(range(48, 56))


def test_what_waits_for_one_is_done_by_another_once_there_is_nothing_else() -> None:
    first, second = checks(2)
    scheduler, (one, other) = opened([*((first, n) for n in range(100)), *((second, n) for n in range(10))])
    one.take(scheduler)
    assert other.take(scheduler) == [*range(100, 110), *range(48, 86)]
    assert not scheduler.is_empty


def test_programs_are_read_only_as_far_ahead_as_is_promised() -> None:
    read = 0

    def pairs() -> Iterator[tuple[Check, int]]:
        nonlocal read
        for read, check in enumerate(itertools.cycle(asked)):
            yield check, read

    asked = checks(3)
    scheduler, places = opened(pairs(), 3)
    for _ in range(100):  # nothing is ever yielded
        for place in places:
            place.take(scheduler)
            place.jobs.clear()
    assert 4000 < read < 4200


def test_those_apart_go_first_to_who_knows_their_check() -> None:
    asked = checks(2)
    scheduler, (one, other) = opened([(asked[n % 2], n) for n in range(96)])
    one.take(scheduler)
    other.take(scheduler)
    assert (len(one.known), len(other.known)) == (2, 2)
    one.known.discard(asked[1])
    for job in one.jobs:
        scheduler.require_own_process(cast("WorkerSlot", one), job)
    one.jobs.clear()
    assert one.take(scheduler)[0] == 0
    assert one.jobs[0].shared is False
    one.jobs.clear()
    assert one.take(scheduler)[0] == 2


OUTCOMES = {
    passed: Outcome(Verdict.PASSED if passed else Verdict.WRONG_ANSWER, cpu_s=1e-4)
    for passed in (True, False)
}


def outcome_of(job: Job) -> Outcome:
    return OUTCOMES["+ 1" in job.program.source]


def finish(scheduler: Scheduler, place: Place, count: int) -> list[int]:
    """End a place's first jobs; returns those that are over, the others are to have processes of their own."""
    over = []
    for job in place.jobs[:count]:
        outcome = outcome_of(job)
        if job.shared and outcome.verdict.passed:
            scheduler.learn(job, outcome)
            scheduler.require_own_process(cast("WorkerSlot", place), job)
        else:
            scheduler.learn(job, outcome)
            over.append(job.serial)
    del place.jobs[:count]
    scheduler.yielded += len(over)
    return over


@pytest.mark.parametrize("seed", range(40))
def test_nobody_waits_for_ever(seed: int) -> None:
    draw = random.Random(seed)
    asked = [(check, draw.choice([0.0, 0.1, 0.5, 0.9, 1.0])) for check in checks(draw.choice([1, 3, 40]))]
    programs = [
        (right if draw.random() < share else wrong)(check, n)
        for n, (check, share) in enumerate(draw.choice(asked) for _ in range(draw.choice([1, 5, 40, 700])))
    ]
    places = [Place(most_own=6) for _ in range(draw.choice([1, 2, 5]))]
    scheduler = Scheduler(
        cast("list[WorkerSlot]", places),
        enumerate(programs),
        shared=True,
        switching_is_free=draw.random() < 0.5,
    )
    over = []
    while True:
        for place in places:
            place.take(scheduler)
        if not any(place.jobs for place in places):
            break
        for place in places:
            over += finish(scheduler, place, draw.randint(0, 20))
    assert scheduler.is_empty
    assert sorted(over) == list(range(len(programs)))


def test_programs_with_processes_of_their_own_do_not_cut_groups_short() -> None:
    easy, hard = checks(2)
    programs = [wrong(hard, n) if n % 2 else right(easy, n) for n in range(2000)]
    place = Place(most_own=6)
    scheduler = Scheduler(
        cast("list[WorkerSlot]", [place]), enumerate(programs), shared=True, switching_is_free=True
    )
    given = []
    while place.take(scheduler) or place.jobs:
        given += [(job.shared, job.serial) for job in place.jobs[:16]]
        finish(scheduler, place, 16)
    own = [serial for shared, serial in given if not shared]
    assert {serial for serial in own if serial % 2} < set(range(100))  # before it was known that they fail
    groups = [len(list(run)) for shared, run in itertools.groupby(given, lambda one: one[0]) if shared]
    assert min(groups[1:-1]) >= 16
    assert sum(groups) > 900
