"""Which backend a sandbox gets: what was asked for or, unasked, the first that works; never a weaker one."""

from collections.abc import Callable
from typing import Final, TypeVar

from sandbox.backends.base import Backend
from sandbox.backends.landlock import LandlockBackend
from sandbox.backends.namespaces import NamespaceBackend
from sandbox.backends.worker_settings import WorkerSettings
from sandbox.errors import IsolationError

__all__ = ["BACKENDS", "BACKEND_OF", "LEVELS", "UNASKED", "choose_backend"]

BACKENDS: Final = ("namespace", "docker", "landlock")
# From weakest to strongest. `namespaces` and `docker` rest on the same kernel features; a container adds
# limits that always hold, and a root file system of its own.
LEVELS: Final = ("landlock", "namespaces", "docker", "gvisor")
UNASKED: Final = ("namespaces", "docker", "landlock")
BACKEND_OF: Final = {
    "landlock": "landlock",
    "namespaces": "namespace",
    "docker": "docker",
    "gvisor": "docker",
}
_AS_STRONG: Final = {
    None: UNASKED,
    "landlock": UNASKED,
    "namespaces": ("namespaces", "docker"),
    "docker": ("docker",),
    "gvisor": ("gvisor",),
}

Opened = TypeVar("Opened")


def choose_backend(
    settings: WorkerSettings,
    backend: str,
    isolation: str | None,
    image: str,
    opened: Callable[[Backend, tuple[str, ...]], Opened],
) -> Opened:
    """Return what `opened` makes of the first backend that works.

    Args:
        settings: what workers are started with.
        backend: one of `BACKENDS`, or `auto`.
        isolation: the weakest of `LEVELS` to accept, or None.
        image: the image of containers, empty for the usual one.
        opened: starts a sandbox, given the backend and a sentence for each level that was tried before it
            and does not work here; raises `IsolationError` when this one does not work either.

    Raises:
        IsolationError: none gives what was asked for; the message says of each why.
        ValueError: there is no backend or level of that name.
    """
    failed: list[str] = []
    for level in _candidates(backend, isolation):
        try:
            return opened(_made(settings, level, image), tuple(failed))
        except IsolationError as error:
            failed.append(f"{level}: {error}")
    raise IsolationError("; ".join(failed))


def _candidates(backend: str, isolation: str | None) -> tuple[str, ...]:
    if backend not in {"auto", *BACKENDS}:
        raise ValueError(f"backend must be auto, {' or '.join(BACKENDS)}, not {backend!r}")
    if isolation not in _AS_STRONG:
        raise IsolationError(f"no isolation level {isolation!r}; there are {', '.join(LEVELS)}")
    levels = _AS_STRONG[isolation]
    if backend == "auto":
        return levels
    if suitable := tuple(level for level in levels if BACKEND_OF[level] == backend):
        return suitable
    raise IsolationError(
        f"the {backend} backend cannot give {isolation!r}; use --backend {BACKEND_OF[isolation or '']}"
    )


def _made(settings: WorkerSettings, level: str, image: str) -> Backend:
    if level in {"docker", "gvisor"}:
        from sandbox.backends.docker.backend import DockerBackend  # noqa: PLC0415 - the engine's client is optional

        return DockerBackend(settings, level, image)
    if level == "landlock":
        return LandlockBackend(settings)
    return NamespaceBackend(settings)
