"""Control groups of workers: who removes them, and which."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests_sandbox import opened_at

from sandbox.jail.cgroups import create_group, remove_abandoned_groups

_HOST = """
import sys
from sandbox import open_sandbox
with open_sandbox(workers=2, backend="namespace", isolation="namespaces") as box:
    print("open", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def folder() -> Path:
    """Where groups are made: the parent of one that is made here and removed at once."""
    group = create_group(1 << 30, 64)
    if group is None:
        if os.environ.get("CI"):
            raise AssertionError("this machine lets nobody make control groups")
        pytest.skip("not tested: this machine lets nobody make control groups")
    group.remove()
    return group.folders[-1].parent


@pytest.fixture
def host() -> Iterator["subprocess.Popen[bytes]"]:
    """Another process with an open sandbox."""
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[3])}
    with subprocess.Popen(
        [sys.executable, "-c", _HOST], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"open\n"
        yield process
        process.kill()


def _groups_of(pid: int, folder: Path) -> list[Path]:
    return [path for path in folder.glob("passlaw-*") if f"-{pid}-" in path.name]


def _emptied(groups: list[Path]) -> bool:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        if not any((group / "cgroup.procs").read_text() for group in groups if group.exists()):
            return True
        time.sleep(0.05)
    return False


def test_what_a_killed_host_leaves_is_removed_by_the_next(
    folder: Path, host: "subprocess.Popen[bytes]"
) -> None:
    groups = _groups_of(host.pid, folder)
    assert len(groups) == 2
    host.send_signal(signal.SIGKILL)
    host.wait()
    assert _emptied(groups)
    assert _groups_of(host.pid, folder) == groups
    with opened_at("namespaces"):
        assert not _groups_of(host.pid, folder)


def test_groups_of_a_host_that_lives_stay(folder: Path, host: "subprocess.Popen[bytes]") -> None:
    mine = create_group(1 << 30, 64)
    assert mine is not None
    groups = _groups_of(host.pid, folder)
    remove_abandoned_groups()
    assert _groups_of(host.pid, folder) == groups
    assert all(path.is_dir() for path in mine.folders)
    mine.remove()
    assert not any(path.exists() for path in mine.folders)


def test_only_groups_of_this_pid_namespace_that_are_empty_are_removed(folder: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    own = os.stat("/proc/self/ns/pid").st_ino
    elsewhere, used, empty, other = (
        folder / name
        for name in (
            f"passlaw-1-{gone.pid}-5-1",
            f"passlaw-{own}-{gone.pid}-5-1",
            f"passlaw-{own}-{gone.pid}-5-2",
            f"passlaw-{own}-x",
        )
    )
    sleeper = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    for path in (elsewhere, used, empty, other):
        path.mkdir()
    try:
        (used / "cgroup.procs").write_text(str(sleeper.pid))
        remove_abandoned_groups()
        assert [path.exists() for path in (elsewhere, used, empty, other)] == [True, True, False, True]
        assert sleeper.poll() is None
        sleeper.kill()
        sleeper.wait()
        remove_abandoned_groups()
        assert not used.exists()
    finally:
        sleeper.kill()
        sleeper.wait()
        for path in (elsewhere, used, empty, other):
            if path.exists():
                path.rmdir()
