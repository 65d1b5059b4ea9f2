"""How many outcomes wait for an earlier one, which is what progress counts in any order."""

import threading
import time

from sandbox import Check, Outcome, Program, open_sandbox

_CHECK = Check("f", "def check(candidate):\n    assert candidate() == 1\n")


def _program(seconds: float) -> Program:
    return Program(f"def f():\n    import time; time.sleep({seconds})\n    return 1", _CHECK)


def test_outcomes_behind_a_slow_program_are_counted_while_it_runs() -> None:
    programs = [_program(4), *(_program(0.01 * number) for number in range(1, 12))]
    found: list[Outcome] = []
    with open_sandbox(workers=2) as box:
        assert box.ahead == 0
        run = threading.Thread(target=lambda: found.extend(box.run(programs)))
        run.start()
        until = time.monotonic() + 60
        while box.ahead < 2 and run.is_alive() and time.monotonic() < until:
            time.sleep(0.01)
        assert box.ahead >= 2
        assert found == []
        run.join()
        assert (len(found), box.ahead) == (12, 0)
