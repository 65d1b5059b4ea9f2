"""Start workers, and start them again where they are lost at once."""

from typing import Final

from sandbox.backends.base import Backend
from sandbox.backends.worker_settings import WorkerSettings
from sandbox.errors import WorkerLostError
from sandbox.host.worker_handle import WorkerHandle

__all__ = ["ready_worker", "start_worker"]

_STARTS: Final = 3


def start_worker(backend: Backend, settings: WorkerSettings) -> WorkerHandle:
    """Start a worker and return its handle; `WorkerHandle.wait_ready` waits for it.

    Raises:
        IsolationError: the enclosure could not be made; the message names the step.
        WorkerLostError: the container engine has failed; another attempt may succeed.
    """
    with backend.launch() as launch:
        return WorkerHandle(settings, launch)


def ready_worker(worker: WorkerHandle | None, backend: Backend, settings: WorkerSettings) -> WorkerHandle:
    """Return a worker that is ready: the given one, or a new one if that is None or is lost as it starts.

    Raises:
        IsolationError: the enclosure could not be made; the message names the step.
        WorkerLostError: several workers in a row are lost as they start.
    """
    for start in range(_STARTS):
        worker = worker or start_worker(backend, settings)
        try:
            worker.wait_ready()
        except WorkerLostError:
            worker.close()
            worker = None
            if start == _STARTS - 1:
                raise
        else:
            return worker
    raise AssertionError("unreachable")
