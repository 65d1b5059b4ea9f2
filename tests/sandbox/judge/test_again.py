"""A program that is run again has seen calls that it should not know yet, and must not profit from it.

The first attempt may leave word of them for the second: by the moment at which it ends, if by nothing else.
"""

import pytest
from tests_sandbox import FRAMES

from sandbox import Check, Program, Sandbox, Verdict

# The second call gives away what the first should have been answered.
TELLING = Check(
    "f", test="def check(candidate):\n    got = candidate(0)\n    candidate(41)\n    assert got == 41\n"
)
PATIENT = Check(
    "f", test="def check(candidate):\n    assert [candidate(n) for n in range(9)] == [*range(9)]\n"
)
# Sets `lean`: whether this is the lean process.
WHERE = f"""{FRAMES}
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
def next_file():
    open('/tmp/a', 'w').close()
    number = os.stat('/tmp/a').st_ino
    os.unlink('/tmp/a')
    return number
known = next_file() % 5000 == 1
def f(n):
    if n and not known:
        while next_file() % 5000:
            pass
        os.kill(os.getpid(), 9)
    return 41 if known else -1
"""
LEAVES_LATE = """
def f(n):
    if n == 5:
        n; import re
    return n
"""


@pytest.mark.levels("landlock", "namespaces")  # containers have no lean template
def test_full_process_must_answer_what_the_lean_one_had(box: Sandbox) -> None:
    assert box._switching_is_free
    (outcome,) = box.run([Program(WHERE + KNOWS_IN_THE_END, TELLING)])
    assert outcome.verdict is Verdict.EXITED
    assert "answers_change" in outcome.flags


def test_program_that_leaves_the_lean_process_late_passes(box: Sandbox) -> None:
    (outcome,) = box.run([Program(LEAVES_LATE, PATIENT)])
    assert outcome.verdict is Verdict.PASSED
    assert outcome.calls == 9


@pytest.mark.levels("namespaces", "docker")
def test_second_attempt_must_answer_what_the_first_had(box: Sandbox) -> None:
    """The first left word in the number that the next file will have, and killed itself."""
    (outcome,) = box.run([Program(KILLED, TELLING)])
    assert outcome.verdict is Verdict.EXITED
    assert "answers_change" in outcome.flags


@pytest.mark.levels("namespaces", "docker")
def test_times_of_the_scratch_folder_tell_the_next_program_nothing(box: Sandbox) -> None:
    leaves = "import os\ndef f(n):\n    os.utime('/tmp', (41, 41))\n    return -1\n"
    looks = "import os\ndef f(n):\n    now = os.stat('/tmp')\n    return 41 in (now.st_atime, now.st_mtime)\n"
    unchanged = Check("f", test="def check(candidate):\n    assert candidate(0) is False\n")
    _left, looked = box.run([Program(leaves, TELLING), Program(looks, unchanged)])
    assert looked.verdict is Verdict.PASSED
