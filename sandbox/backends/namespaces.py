"""Programs enclosed by Linux namespaces, which an ordinary user may make."""

import contextlib
from collections.abc import Iterator

from sandbox.backends.guest_bundle import UNTRUSTED
from sandbox.backends.launch import GuestLaunch
from sandbox.backends.worker_settings import WorkerSettings
from sandbox.jail.cgroups import create_group, remove_abandoned_groups

__all__ = ["NamespaceBackend"]

_ROOM_BYTES = 256 << 20  # beside the limits of judge and program: for the zygote, and for buffers


class NamespaceBackend:
    """Judge and zygote in namespaces of their own, made by the worker itself."""

    name = "namespace"
    isolation = "namespaces"

    def __init__(self, settings: WorkerSettings) -> None:
        self._settings = settings
        remove_abandoned_groups()

    @contextlib.contextmanager
    def launch(self) -> Iterator[GuestLaunch]:
        """Prepare a guest, in its own control group where this process may make one."""
        limits = self._settings.limits
        memory = limits.memory_bytes + limits.file_bytes
        memory += self._settings.policy.judge_memory_bytes + _ROOM_BYTES
        group = create_group(memory, limits.processes + 12)
        yield GuestLaunch(
            message={
                "cgroup": group.join_commands() if group else [],
                "enclosure": "namespaces",
                "zygote": "forked",
                "bundle": self._settings.bundle(*UNTRUSTED),
                "lean_bundle": self._settings.lean_bundle(one_filter=True),
            },
            end=group.remove if group else _nothing,
            facts={
                "control_groups": group.version if group else 0,
                "python": self._settings.interpreter.version,
            },
        )

    def close(self) -> None:
        """Do nothing: workers hold all there is."""


def _nothing() -> None:
    pass
