"""A worker keeps to one core, and leaves it when it is crowded while another is idle."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from sandbox.core import Core

_BUSY = "import os, sys\nos.sched_setaffinity(0, {int(sys.argv[1])})\nprint(flush=True)\nwhile True: pass\n"
_ALLOWED = sorted(os.sched_getaffinity(0))


@pytest.fixture
def free_again() -> Iterator[None]:
    yield
    os.sched_setaffinity(0, _ALLOWED)


def _busy_on(core: int) -> "subprocess.Popen[bytes]":
    process = subprocess.Popen([sys.executable, "-c", _BUSY, str(core)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.readline()
    return process


@pytest.mark.usefixtures("free_again")
def test_workers_begin_on_different_cores() -> None:
    for place in range(2 * len(_ALLOWED)):
        os.sched_setaffinity(0, _ALLOWED)
        Core(place)
        assert os.sched_getaffinity(0) == {_ALLOWED[place % len(_ALLOWED)]}


@pytest.mark.skipif(len(_ALLOWED) < 2, reason="needs two cores")
@pytest.mark.usefixtures("free_again")
def test_crowded_worker_moves_to_a_core_that_is_idle() -> None:
    core = Core(0)
    with _busy_on(_ALLOWED[0]) as own, _busy_on(_ALLOWED[0]) as other:
        try:
            deadline = time.monotonic() + 60
            while os.sched_getaffinity(own.pid) == {_ALLOWED[0]} and time.monotonic() < deadline:
                core.look(own.pid)
                time.sleep(0.3)
            assert os.sched_getaffinity(own.pid) != {_ALLOWED[0]}
            assert os.sched_getaffinity(other.pid) == {_ALLOWED[0]}
        finally:
            own.kill()
            other.kill()


@pytest.mark.usefixtures("free_again")
def test_worker_that_has_its_core_to_itself_stays() -> None:
    core = Core(0)
    before = os.sched_getaffinity(0)
    for _ in range(3):
        core.look(os.getpid())
        time.sleep(0.1)
    assert os.sched_getaffinity(0) == before


@pytest.mark.usefixtures("free_again")
def test_process_that_is_gone_is_no_matter() -> None:
    core = Core(0)
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    core.look(process.pid)
