"""The isolation levels, and which of them a sandbox gets: the first that works, never a weaker one.

`ISOLATION_LEVELS` is the one table: a level is added here, with a backend in a module of its own.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar

from sandbox.backends.base import Backend
from sandbox.backends.landlock import LandlockBackend
from sandbox.backends.namespaces import NamespaceBackend
from sandbox.backends.worker_settings import WorkerSettings
from sandbox.errors import IsolationError

__all__ = ["BACKENDS", "DEFAULT_ORDER", "ISOLATION_LEVELS", "LEVELS", "IsolationLevel", "choose_backend"]

Opened = TypeVar("Opened")


@dataclass(frozen=True, slots=True)
class IsolationLevel:
    """One isolation level.

    Attributes:
        name: as `SandboxOptions.isolation` takes it.
        default_rank: its place among the levels that are tried, in order, where none was asked for; None if
            it is used only on request.
        stands_in_for: weaker levels for which this one is accepted.
        backend: as `SandboxOptions.backend` takes it.
        describes: what it stops, in a line for a person.
        opens: makes its backend, from the settings of workers and the name of an image.
    """

    name: str
    default_rank: int | None
    stands_in_for: tuple[str, ...]
    backend: str
    describes: str
    opens: Callable[[WorkerSettings, str], Backend]


def _open_container(runtime: str) -> Callable[[WorkerSettings, str], Backend]:
    def opens(settings: WorkerSettings, image: str) -> Backend:
        from sandbox.backends.docker.backend import DockerBackend  # noqa: PLC0415 - the engine's client is optional

        return DockerBackend(settings, runtime, image)

    return opens


# From weakest to strongest. `namespaces` and `docker` rest on the same kernel features; a container adds
# limits that always hold, and a root file system of its own.
ISOLATION_LEVELS: Final = (
    IsolationLevel(
        "landlock", 2, (), "landlock",
        "files, network and system calls are closed; programs see that other processes exist but reach none",
        lambda settings, _image: LandlockBackend(settings),
    ),
    IsolationLevel(
        "namespaces", 0, ("landlock",), "namespace",
        "in addition, programs see no other process, file, network or user",
        lambda settings, _image: NamespaceBackend(settings),
    ),
    IsolationLevel(
        "docker", 1, ("landlock", "namespaces"), "docker",
        "the same from the container engine, with limits on memory and processes that always hold",
        _open_container("docker"),
    ),
    IsolationLevel(
        "gvisor", None, (), "docker",
        "a separate kernel between programs and the machine's: the strongest and the slowest",
        _open_container("gvisor"),
    ),
)  # fmt: skip
LEVELS: Final = tuple(level.name for level in ISOLATION_LEVELS)
_BY_DEFAULT: Final = sorted(
    (level.default_rank, level.name) for level in ISOLATION_LEVELS if level.default_rank is not None
)
DEFAULT_ORDER: Final = tuple(name for _rank, name in _BY_DEFAULT)
_BY_NAME: Final = {level.name: level for level in ISOLATION_LEVELS}
# Several levels may share a backend; those of the default levels come first.
BACKENDS: Final = tuple(dict.fromkeys(_BY_NAME[name].backend for name in (*DEFAULT_ORDER, *LEVELS)))


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
        opened: starts a sandbox, given the backend and a sentence for each level that was tried before and
            does not work here; raises `IsolationError` when this one does not work either.

    Raises:
        IsolationError: no level that would do works here; the message gives the reason of each.
        ValueError: there is no backend of that name.
    """
    rejected: list[str] = []
    for name in _candidates(backend, isolation):
        try:
            return opened(_BY_NAME[name].opens(settings, image), tuple(rejected))
        except IsolationError as error:
            rejected.append(f"{name}: {error}")
    raise IsolationError("; ".join(rejected))


def _candidates(backend: str, isolation: str | None) -> tuple[str, ...]:
    if backend not in {"auto", *BACKENDS}:
        raise ValueError(f"backend must be auto, {' or '.join(BACKENDS)}, not {backend!r}")
    if isolation is None:
        names = DEFAULT_ORDER
    elif isolation in _BY_NAME:
        names = tuple(name for name in DEFAULT_ORDER if isolation in {name, *_BY_NAME[name].stands_in_for})
        names = names or (isolation,)
    else:
        raise IsolationError(f"no isolation level {isolation!r}; there are {', '.join(LEVELS)}")
    if backend == "auto":
        return names
    if suitable := tuple(name for name in names if _BY_NAME[name].backend == backend):
        return suitable
    fitting = _BY_NAME[isolation or ""].backend
    raise IsolationError(f"the {backend} backend cannot give {isolation!r}; the {fitting} backend does")
