"""When programs are tried in the shared process first: where most fail, and whatever is decided, the verdicts stay."""

import random
from collections.abc import Iterator

import pytest
from tests_sandbox import opened_at

from sandbox import Check, ExecutionMode, Outcome, Program, Sandbox, Verdict
from sandbox.host.sharing import Sharing


@pytest.fixture(scope="module")
def boxes() -> Iterator[tuple[Sandbox, Sandbox]]:
    with (
        opened_at("namespaces", workers=2, execution="auto", audit=0.01, seed=5) as auto,
        opened_at("namespaces", workers=2, execution="dedicated", seed=5) as dedicated,
    ):
        yield auto, dedicated


def check(number: int) -> Check:
    return Check(
        "f",
        f"def check(candidate):\n    assert candidate({number}) == {number + 1}\n    assert candidate(7) == 8\n",
    )


def sample(of: Check, number: int, *, right: bool) -> Program:
    body = ["n + 1", "n", "n + 1 if n == 7 else 0", "n[0]", "gone", "("][0 if right else 1 + number % 5]
    return Program(f"def f(n):\n    return {body}  # {number}\n", of)


def stream(problems: int, samples: int, share: float, seed: int = 0) -> list[Program]:
    """Samples of problems in order, of which about a share is right."""
    draw = random.Random(seed)
    return [
        sample(each, number, right=draw.random() < share)
        for each in map(check, range(problems))
        for number in range(samples)
    ]


def shuffled(programs: list[Program]) -> list[Program]:
    return random.Random(1).sample(programs, len(programs))


def batches(problems: int, samples: int, share: float) -> list[Program]:
    """Sixteen samples of each problem, then the next sixteen of each."""
    rows = stream(problems, samples, share)
    return [
        rows[p * samples + b + n] for b in range(0, samples, 16) for p in range(problems) for n in range(16)
    ]


def first_problem(programs: list[Program], *, right: bool) -> list[Program]:
    of = check(999)
    return [*(sample(of, number, right=right) for number in range(400)), *programs]


STREAMS = {
    "one problem, most fail": stream(1, 2000, 0.1),
    "one problem, most pass": stream(1, 1000, 0.9),
    "one problem, sorted": sorted(stream(1, 1500, 0.3), key=lambda program: "n + 1  #" in program.source),
    "one problem, sorted the other way": sorted(stream(1, 1500, 0.3), key=lambda program: "n + 1  #" not in program.source),
    "sorted": stream(12, 100, 0.25),
    "shuffled": shuffled(stream(12, 100, 0.25)),
    "batches of 16": batches(20, 64, 0.25),
    "first problem always fails": first_problem(stream(12, 60, 0.5), right=False),
    "first problem always passes": first_problem(stream(12, 60, 0.2), right=True),
    "each problem once": stream(700, 1, 0.3),
}  # fmt: skip


def told(outcomes: list[Outcome]) -> list[tuple[Verdict, str, str, int]]:
    return [(each.verdict, each.detail, each.message, each.calls) for each in outcomes]


@pytest.mark.parametrize("programs", STREAMS.values(), ids=STREAMS)
def test_verdicts_do_not_depend_on_what_is_shared(
    programs: list[Program], boxes: tuple[Sandbox, Sandbox]
) -> None:
    auto, dedicated = (list(box.run(programs)) for box in boxes)
    assert told(auto) == told(dedicated)
    assert {outcome.execution for outcome in dedicated} == {ExecutionMode.DEDICATED}
    assert {outcome.execution for outcome in auto if outcome.verdict.passed} <= {ExecutionMode.DEDICATED}
    assert len(auto) == len(programs)


def test_a_run_begins_without_sharing_and_turns_to_it_once_most_programs_fail(
    boxes: tuple[Sandbox, Sandbox],
) -> None:
    outcomes = list(boxes[0].run(stream(1, 1500, 0.0)))
    modes = [outcome.execution for outcome in outcomes]
    assert modes[0] is ExecutionMode.DEDICATED
    assert modes[500:].count(ExecutionMode.SHARED) > 900  # but for those that the audit takes


def test_a_run_of_which_most_pass_shares_nothing(boxes: tuple[Sandbox, Sandbox]) -> None:
    before = boxes[0].audit.verified
    list(boxes[0].run(stream(4, 200, 0.95)))
    assert boxes[0].audit.verified == before


def test_a_problem_that_passes_is_told_from_one_that_fails() -> None:
    sharing, easy, hard = Sharing(), check(1), check(2)
    assert not sharing.pays(easy)
    for _ in range(30):
        sharing.learn(easy, own=True)
        sharing.learn(hard, own=False)
    assert (sharing.pays(easy), sharing.pays(hard)) == (False, True)
    for _ in range(200):  # neither is for good
        sharing.learn(easy, own=False)
        sharing.learn(hard, own=True)
    assert (sharing.pays(easy), sharing.pays(hard)) == (True, False)


def test_a_try_that_costs_much_has_to_succeed_more_often() -> None:
    """What a try saves is a process, whatever the program does; what a wasted one costs is the program's time."""
    draw = random.Random(3)
    for ran_s, share, pays in [
        (2e-4, 0.65, True),
        (2e-4, 0.85, False),
        (5e-3, 0.15, True),
        (5e-3, 0.35, False),
    ]:
        sharing, of = Sharing(), check(1)
        for _ in range(300):
            sharing.learn(of, own=draw.random() < share, ran_s=ran_s)
        assert sharing.pays(of) is pays


def test_the_cost_of_a_try_is_known_from_programs_that_were_not_tried() -> None:
    sharing, short, long = Sharing(), check(1), check(2)
    for number in range(60):
        sharing.learn(short, own=number % 2 == 0, ran_s=1e-3, tried=False)
        sharing.learn(long, own=number % 2 == 0, ran_s=5e-3, tried=False)
    assert (sharing.pays(short), sharing.pays(long)) == (True, False)


def test_what_is_known_of_checks_is_bounded() -> None:
    sharing = Sharing()
    for number in range(5000):
        sharing.learn(check(number), own=False)
    assert len(sharing._of_check) == 4096
    assert sharing.pays(check(0))  # as of any check that nothing is known of, in a run of failures
