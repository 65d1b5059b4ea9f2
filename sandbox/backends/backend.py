"""The seam between the pool and whatever encloses the programs."""

from typing import Protocol

from sandbox.backends.host import Worker

__all__ = ["Backend"]


class Backend(Protocol):
    """What encloses the programs. A pool asks it for workers and knows no more of it.

    Attributes:
        name: `namespace` or `docker`.
        isolation: the level it gives, by the name that `open_sandbox` takes.
    """

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def isolation(self) -> str:
        """The level of isolation."""

    def start(self) -> Worker:
        """Return a new worker that is on its way; `Worker.greet` waits for it.

        Raises:
            IsolationError: it cannot be enclosed as it must be; the message names the step.
            WorkerLostError: the engine that makes enclosures has failed; another try may succeed.
        """

    def close(self) -> None:
        """Let go of what the backend itself holds; its workers have been closed before."""
