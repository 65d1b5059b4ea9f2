"""A control group per worker, version 2 or 1, where this process may make one: memory and processes in all.

Resource limits bound one process; a control group bounds everything that a worker's processes hold together.
A group's name tells which process made it, so that what a killed one has left behind can be told and removed.
"""

import contextlib
import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

__all__ = ["ControlGroup", "create_group", "remove_abandoned_groups"]

_MOUNT = Path("/sys/fs/cgroup")
_V1_CONTROLLERS = ("memory", "pids")
_numbers = count(1)


@dataclass(frozen=True, slots=True)
class ControlGroup:
    """A worker's group: the folders that make it up, one per controller in version 1, one in version 2."""

    version: int
    folders: tuple[Path, ...]

    def join_commands(self) -> list[str]:
        """Return the files to which a process writes `0` to move itself into the group."""
        return [str(folder / "cgroup.procs") for folder in self.folders]

    def remove(self) -> None:
        """Kill what is left inside and remove the group; does nothing if it is gone."""
        for folder in self.folders:
            with contextlib.suppress(OSError):
                for pid in (folder / "cgroup.procs").read_text().split():
                    os.kill(int(pid), signal.SIGKILL)
            with contextlib.suppress(OSError):
                folder.rmdir()


def create_group(memory_bytes: int, processes: int) -> ControlGroup | None:
    """Make a group below this process's own; None where the host does not let us."""
    name = f"{_maker(os.getpid())}-{next(_numbers)}"
    for create in (_create_v2, _create_v1):
        with contextlib.suppress(OSError):
            if group := create(name, memory_bytes, processes):
                return group
    return None


def remove_abandoned_groups() -> None:
    """Remove the groups that processes which are gone have left below this process's own.

    A group is theirs if the process of that number in this pid namespace is gone or began at another
    time. One that still holds processes stays, for the kernel does not remove it. Concurrent callers may
    come upon the same group.
    """
    for parent in _parents():
        with contextlib.suppress(OSError):
            for folder in parent.glob(f"passlaw-{_pid_namespace()}-*-*-*"):
                maker, _, _number = folder.name.rpartition("-")
                pid = maker.split("-")[2]
                if pid.isdecimal() and maker != _maker(int(pid)):
                    with contextlib.suppress(OSError):
                        folder.rmdir()


def _maker(pid: int) -> str:
    """Name a process as no other of this machine is named: namespace, number, and when it began."""
    return f"passlaw-{_pid_namespace()}-{pid}-{_began(pid)}"


def _pid_namespace() -> int:
    return os.stat("/proc/self/ns/pid").st_ino


def _began(pid: int) -> str:
    """When a process began, in the kernel's ticks since boot; empty if there is none."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return ""


def _parents() -> Iterator[Path]:
    """Yield the folders that groups are made in."""
    for hierarchy, controller in (("0", ""), *((None, each) for each in _V1_CONTROLLERS)):
        own = _own_path(hierarchy, controller)
        if own is not None:
            yield _MOUNT / controller / own


def _create_v2(name: str, memory_bytes: int, processes: int) -> ControlGroup | None:
    own = _own_path("0", "")
    parent = _MOUNT / own if own is not None else None
    if parent is None or not (parent / "cgroup.controllers").exists():
        return None
    enabled = (parent / "cgroup.subtree_control").read_text().split()
    if not {"memory", "pids"} <= set(enabled):
        return None
    group = ControlGroup(2, (parent / name,))
    return _filled(group, {"memory.max": memory_bytes, "memory.swap.max": 0, "pids.max": processes})


def _create_v1(name: str, memory_bytes: int, processes: int) -> ControlGroup | None:
    folders = []
    for controller in _V1_CONTROLLERS:
        own = _own_path(None, controller)
        if own is None or not (_MOUNT / controller / own).is_dir():
            return None
        folders.append(_MOUNT / controller / own / name)
    return _filled(
        ControlGroup(1, tuple(folders)), {"memory.limit_in_bytes": memory_bytes, "pids.max": processes}
    )


def _filled(group: ControlGroup, settings: dict[str, int]) -> ControlGroup:
    try:
        for folder in group.folders:
            folder.mkdir()
        for folder in group.folders:
            for setting, value in settings.items():
                if (folder / setting).exists():
                    (folder / setting).write_text(str(value))
    except OSError:
        group.remove()
        raise
    return group


def _own_path(hierarchy: str | None, controller: str) -> str | None:
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        number, controllers, path = line.split(":", 2)
        if number == hierarchy or (controller and controller in controllers.split(",")):
            return path.lstrip("/")
    return None
