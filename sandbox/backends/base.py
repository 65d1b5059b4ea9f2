"""The seam between the pool and whatever encloses the programs."""

from contextlib import AbstractContextManager
from typing import Protocol

from sandbox.backends.launch import GuestLaunch

__all__ = ["Backend"]


class Backend(Protocol):
    """What encloses the programs. A pool asks it for guests and knows no more of it.

    Attributes:
        name: `namespace` or `docker`.
        isolation: the level it gives, by the name that `open_sandbox` takes.
    """

    @property
    def name(self) -> str:
        """Return the name by which `open_sandbox` selects it."""

    @property
    def isolation(self) -> str:
        """Return the level of isolation."""

    def launch(self) -> AbstractContextManager[GuestLaunch]:
        """Prepare the guest of one worker; the worker is to be started within the context.

        Raises:
            IsolationError: it cannot be enclosed as it must be; the message names the step.
            WorkerLostError: the engine that makes enclosures has failed; another try may succeed.
        """

    def close(self) -> None:
        """Let go of what the backend itself holds; its workers have been closed before."""
