"""Programs enclosed without namespaces, for places that forbid them, such as an unprivileged container.

Landlock shuts the files, the network and other processes away; seccomp keeps each program to one process
that can signal none but itself, so that killing it ends all of it. There is no scratch folder: nothing on the
machine can be written.
"""

import contextlib
import struct
from collections.abc import Iterator

from sandbox.backends.guest_bundle import UNTRUSTED
from sandbox.backends.launch import GuestLaunch
from sandbox.backends.worker_settings import WorkerSettings
from sandbox.errors import IsolationError
from sandbox.jail import landlock
from sandbox.jail.seccomp import build_filter, build_single_process_filter
from sandbox.jail.seccomp_install import OWN_NUMBER

__all__ = ["LandlockBackend"]

_LEAST = 6  # the first that keeps signals inside


class LandlockBackend:
    """Judge and zygote held by Landlock and seccomp alone.

    Raises:
        IsolationError: this kernel's Landlock cannot hold signals back.
    """

    name = "landlock"
    isolation = "landlock"

    def __init__(self, settings: WorkerSettings) -> None:
        version = landlock.abi()
        if version < _LEAST:
            raise IsolationError(
                f"landlock: version {version} here, and only from {_LEAST} (Linux 6.12) can it keep programs "
                "from signalling the judge; use a newer kernel, or a place that allows user namespaces"
            )
        self._settings = settings

    @contextlib.contextmanager
    def launch(self) -> Iterator[GuestLaunch]:
        """Prepare a guest."""
        settings = self._settings
        policy = settings.policy
        (own_number,) = struct.unpack("<I", OWN_NUMBER)
        bundle = settings.bundle(*UNTRUSTED) | {
            "scratch": "",
            "packages": str(settings.packages.site) if settings.packages else "",
            "filter": build_filter(
                (*policy.allow, "prctl"), policy.kill, policy.pretend, policy.unsupported
            ).hex(),
            "program_filter": build_single_process_filter(own_number).hex(),
        }
        yield GuestLaunch(
            message={
                "cgroup": [],
                "enclosure": "plain",
                "zygote": "lone",
                "bundle": bundle,
                "lean_bundle": settings.lean_bundle(one_filter=False),
            },
            end=_nothing,
            facts={"control_groups": 0, "python": settings.interpreter.version},
            refusal="this machine does not give isolation by landlock",
        )

    def close(self) -> None:
        """Do nothing: workers hold all there is."""


def _nothing() -> None:
    pass
