"""A control group per worker, version 2 or 1, where this process may make one: memory and processes in all.

Resource limits bound one process; a control group bounds everything that a worker's processes hold together.
"""

import contextlib
import os
import signal
from dataclasses import dataclass
from pathlib import Path

__all__ = ["ControlGroup", "create_group"]

_MOUNT = Path("/sys/fs/cgroup")


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


def create_group(name: str, memory_bytes: int, processes: int) -> ControlGroup | None:
    """Make a group below this process's own; None where the host does not let us."""
    for create in (_create_v2, _create_v1):
        with contextlib.suppress(OSError):
            if group := create(name, memory_bytes, processes):
                return group
    return None


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
    for controller in ("memory", "pids"):
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
