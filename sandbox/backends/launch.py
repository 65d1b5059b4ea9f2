"""What a backend prepares for one worker: the guest to be started, and how to end it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

__all__ = ["GuestLaunch", "WorkerLossCause"]


class WorkerLossCause(Enum):
    """Why a worker was lost, as far as what enclosed it tells.

    `MEMORY`: the enclosure ended because the program in it took more than it was given. `KILLED`: it was
    killed, and what killed it is not told. `UNKNOWN`: anything else.
    """

    MEMORY = "memory"
    KILLED = "killed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class GuestLaunch:
    """The untrusted side that a backend made ready for one worker.

    Attributes:
        message: what the worker must know of it, beside `WorkerSettings.message`.
        end: ends it; called once, after the worker's process has ended.
        descriptors: handed on to the worker's process under the same numbers.
        facts: what the description of the sandbox says of it.
        refusal: how the sentence begins that says that it could not be enclosed.
        cause_of_loss: asked once the worker is lost, before `end`.
    """

    message: Mapping[str, Any]
    end: Callable[[], None]
    descriptors: tuple[int, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    refusal: str = "this machine does not give isolation by namespaces"
    cause_of_loss: Callable[[], WorkerLossCause] = lambda: WorkerLossCause.UNKNOWN
