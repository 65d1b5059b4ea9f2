"""A program that takes long keeps no other waiting while a worker is free."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from tests_sandbox import opened_at

from sandbox import Check, Limits, Outcome, Program, Sandbox, StdioCheck, Verdict

WORKERS, LONG = 4, 8
TOLD = Check("f", "def check(candidate):\n    raise AssertionError(candidate())\n")
SLEEPS = "import time\n\n\ndef f():\n    begun = time.monotonic()\n    time.sleep(1.0)  # {n}\n    return f'{{begun}} {{time.monotonic()}}'\n"
AT_ONCE = "def f():\n    return 'at once {n}'\n"
READS = "import time\nbegun = time.monotonic()\ntime.sleep(0.15)\nprint(input())  # {n}\n"


@pytest.fixture(params=["auto", "dedicated"])
def box(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    limits = Limits(cpu_s=10.0)
    with opened_at(
        "namespaces", workers=WORKERS, limits=limits, execution=request.param, audit=0.0
    ) as opened:
        yield opened


def most_at_once(outcomes: list[Outcome]) -> int:
    """Return how many of the programs slept at one time, by the machine's clock."""
    spans = [tuple(map(float, found)) for each in outcomes if (found := re.findall(r"[\d.]+", each.message))]
    events = sorted([(begun, 1) for begun, _ended in spans] + [(ended, -1) for _begun, ended in spans])
    most = running = 0
    for _at, step in events:
        running += step
        most = max(most, running)
    return most


def test_programs_behind_a_long_one_run_on_free_workers(box: Sandbox) -> None:
    """A worker is sent several programs at once: all of these would have gone to two workers."""
    outcomes = list(box.run(Program(SLEEPS.format(n=n), TOLD) for n in range(LONG)))
    assert {outcome.verdict for outcome in outcomes} == {Verdict.WRONG_ANSWER}, outcomes[0].detail
    assert most_at_once(outcomes) > 2


def test_short_and_long_programs_keep_their_outcomes_and_their_order(box: Sandbox) -> None:
    sources = [(SLEEPS if n % 9 == 4 else AT_ONCE).format(n=n) for n in range(60)]
    messages = [outcome.message for outcome in box.run(Program(source, TOLD) for source in sources)]
    for n, message in enumerate(messages):
        assert (f"at once {n}" in message) is (n % 9 != 4), (n, message)


def test_a_program_of_many_short_tests_is_a_long_one_too() -> None:
    tests = tuple((f"{n}\n", f"{n}\n") for n in range(5))
    check = StdioCheck(tests=tests)
    with opened_at("namespaces", workers=2, limits=Limits(cpu_s=10.0)) as box:
        returned: list[int] = []
        slot = box._slots[0]
        take_back = slot.take_back

        def noted(serials: Any) -> Any:
            returned.extend(serials)
            return take_back(serials)

        slot.take_back = noted  # type: ignore[method-assign]
        outcomes = list(box.run(Program(READS.format(n=n), check) for n in range(8)))
    assert {outcome.verdict for outcome in outcomes} == {Verdict.PASSED}, outcomes[0].detail
    assert returned
