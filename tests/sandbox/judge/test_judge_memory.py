"""What one program returned takes no memory from the judge of the next."""

import pytest
from tests_sandbox import opened_at

from sandbox import Check, Program, Verdict

_SIZE = 1_000_000
_MANY = Check(
    "f", test=f"kept = []\ndef check(f):\n    kept.append(f())\n    assert len(kept[0]) == {_SIZE}\n"
)
_PROGRAM = f"def f():\n    return ['\u0100'] * {_SIZE}  # {{}}\n"


@pytest.mark.slow
def test_values_of_earlier_programs_are_gone() -> None:
    # A value of these takes the judge some 90 MiB, and it has 1.5 GiB.
    programs = [Program(_PROGRAM.format(n), _MANY) for n in range(18)]
    with opened_at("namespaces") as box:
        assert {outcome.verdict for outcome in box.run(programs)} == {Verdict.PASSED}
