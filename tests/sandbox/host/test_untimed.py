"""`untimed`: what a test's own reference takes counts for no program, and a reference that fails is an error."""

import pytest
from tests_sandbox import program, run_one

from sandbox import Check, CheckError, Limits, Verdict, open_sandbox

BURN = """
import time
known = []
def burn(cpu_s):
    end = time.process_time() + cpu_s
    while time.process_time() < end: pass
    return 3
"""
BURNING = "def check(candidate):\n    {}\n    assert candidate(1, 2) == known[0]\n"


@pytest.mark.parametrize("execution", ["auto", "dedicated"])
def test_what_a_reference_takes_is_no_programs_time(execution: str) -> None:
    # More than the judge's own limit, and than the patience with a test.
    check = Check("add", BURNING.format("known[:] = known or [untimed(burn, 4.0)]"), fixtures=BURN)
    with open_sandbox(workers=1, limits=Limits(cpu_s=0.3), execution=execution, audit=0) as box:
        outcomes = list(box.run([program(f"return {each}", check) for each in ("3", "4", "a + b")]))
    assert [each.verdict for each in outcomes] == [Verdict.PASSED, Verdict.WRONG_ANSWER, Verdict.PASSED]
    assert all(each.attempts == 1 and each.cpu_s < 0.3 for each in outcomes)


def test_fixtures_may_ask_off_the_clock_before_there_is_any_program() -> None:
    check = Check("add", BURNING.format("pass"), fixtures=f"{BURN}\nknown.append(untimed(burn, 0.1))")
    with open_sandbox(workers=1) as box:
        assert run_one(box, program("return a + b", check)).verdict is Verdict.PASSED


def test_what_a_test_itself_takes_beside_its_reference_is_bounded_as_ever() -> None:
    check = Check("add", BURNING.format("known[:] = [untimed(burn, 0.1)]; burn(9.0)"), fixtures=BURN)
    with open_sandbox(workers=1, limits=Limits(cpu_s=0.3)) as box:
        endless, sound = box.run([program("return 3", check), program("return a + b")])
    assert (endless.verdict, sound.verdict) == (Verdict.TIMED_OUT, Verdict.PASSED)


@pytest.mark.parametrize("execution", ["auto", "dedicated"])
def test_a_reference_that_fails_is_an_error_not_a_verdict(execution: str) -> None:
    test = BURNING.format("known[:] = [candidate(0, 0) == 0 and untimed(lambda: 1 / 0)]")
    check = Check("add", test, fixtures=BURN)
    with open_sandbox(workers=1, execution=execution) as box:
        # It is not even called for a program that does not get so far.
        assert run_one(box, program("raise ValueError", check)).verdict is Verdict.RUNTIME_ERROR
        with pytest.raises(CheckError, match="check of 'add' does not run: ZeroDivisionError"):
            run_one(box, program("return a + b", check))
        assert run_one(box, program("return a + b")).verdict is Verdict.PASSED
