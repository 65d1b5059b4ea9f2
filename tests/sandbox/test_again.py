"""A program that is run again has seen calls that it should not know yet, and must not profit from it.

The first attempt may leave word of them for the second: by the moment at which it ends, if by nothing else.
"""

import pytest

from sandbox import Check, Program, Sandbox, Verdict

# The second call gives away what the first should have been answered.
TELLING = Check(
    "f", test="def check(candidate):\n    got = candidate(0)\n    candidate(41)\n    assert got == 41\n"
)
PATIENT = Check(
    "f", test="def check(candidate):\n    assert [candidate(n) for n in range(9)] == [*range(9)]\n"
)
# Whether this is the lean process, without a word that the glance at the text knows.
WHERE = """
found = {}
def look():
    frame = here.gi_frame
    while frame is not None:
        for name, thing in [*frame.f_globals.items(), *frame.f_locals.items()]:
            found.setdefault(name, thing)
        frame = frame.f_back
    yield 1
here = look()
next(here)
lean = found['is_lean']
"""
KNOWS_IN_THE_END = """
def f(n):
    if not lean:
        return 41
    if n == 0:
        return -1
    n; import re
"""
KILLED = """
import os
def f(n):
    if n:
        os.kill(os.getpid(), 9)
    return {answer}
"""
LEAVES_LATE = """
def f(n):
    if n == 5:
        n; import re
    return n
"""


def test_full_process_must_answer_what_the_lean_one_had(box: Sandbox) -> None:
    if not box._turns_are_free:
        pytest.skip("no lean template at this level")
    (outcome,) = box.run([Program(WHERE + KNOWS_IN_THE_END, TELLING)])
    assert outcome.verdict is Verdict.EXITED
    assert "answers_change" in outcome.suspicion


def test_program_that_leaves_the_lean_process_late_passes(box: Sandbox) -> None:
    (outcome,) = box.run([Program(LEAVES_LATE, PATIENT)])
    assert outcome.verdict is Verdict.PASSED
    assert outcome.calls == 9


@pytest.mark.levels("namespaces", "docker")
def test_second_attempt_must_answer_what_the_first_had(box: Sandbox) -> None:
    """The first left word in the name of a folder's times, and killed itself."""
    source = KILLED.format(answer="known or -1").replace("if n:", "if n and not known:") + (
        "known = 41 if os.stat('/tmp').st_mtime == 41 else 0\nos.utime('/tmp', (41, 41))\n"
    )
    (outcome,) = box.run([Program(source, TELLING)])
    assert outcome.verdict is Verdict.EXITED
