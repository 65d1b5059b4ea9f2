"""A worker keeps to one core, and leaves it when it is crowded while another is idle."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from sandbox.worker.cpu_affinity import CpuPin, _idle_ticks

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
        CpuPin(place)
        assert os.sched_getaffinity(0) == {_ALLOWED[place % len(_ALLOWED)]}


class _Ticks:
    """What the kernel would say of cores of which one is idle, by the clock of this machine."""

    def __init__(self, idle: int | None) -> None:
        self._idle = idle

    def __call__(self) -> tuple[dict[int, int], int]:
        now = int(time.monotonic() * os.sysconf("SC_CLK_TCK"))
        return {core: now if core == self._idle else 0 for core in _ALLOWED}, now


@pytest.mark.skipif(len(_ALLOWED) < 2, reason="needs two cores")
@pytest.mark.parametrize("free", [True, False])
@pytest.mark.usefixtures("free_again")
def test_crowded_worker_moves_to_a_core_that_is_idle_and_to_no_other(
    free: bool,  # noqa: FBT001
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    here, there = _ALLOWED[:2]
    monkeypatch.setattr("sandbox.worker.cpu_affinity._idle_ticks", _Ticks(there if free else None))
    core = CpuPin(0)
    with _busy_on(here) as own, _busy_on(here) as other:
        try:
            for _ in range(10):
                core.rebalance(own.pid)
                time.sleep(0.3)
            assert os.sched_getaffinity(own.pid) == {there if free else here}
            assert os.sched_getaffinity(other.pid) == {here}
        finally:
            own.kill()
            other.kill()


def test_idle_time_is_read_of_every_core() -> None:
    idle, whole = _idle_ticks()
    assert set(_ALLOWED) <= idle.keys()
    assert 0 < max(idle.values()) <= whole


@pytest.mark.usefixtures("free_again")
def test_worker_that_has_its_core_to_itself_stays() -> None:
    core = CpuPin(0)
    before = os.sched_getaffinity(0)
    for _ in range(3):
        core.rebalance(os.getpid())
        time.sleep(0.1)
    assert os.sched_getaffinity(0) == before


@pytest.mark.usefixtures("free_again")
def test_process_that_is_gone_is_no_matter() -> None:
    core = CpuPin(0)
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    core.rebalance(process.pid)
