"""The state of one cluster node, and the description that all nodes share."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from sandbox import Description

__all__ = ["IN_FLIGHT", "ClusterDescription", "ClusterNode", "NodeState"]

IN_FLIGHT: Final = 3  # batches on a node: one that runs, and two so that the next is there when it ends


class NodeState(StrEnum):
    """State of a node: `OPENING` its sandbox, `READY`, `REFUSED` as it differs from the others, or `LOST`."""

    OPENING = "opening"
    READY = "ready"
    REFUSED = "refused"
    LOST = "lost"


@dataclass(slots=True, eq=False)
class ClusterNode:
    """One node.

    Attributes:
        node_id: Ray's.
        name: its host's name and the beginning of its id.
        workers: programs run there at once.
        state: where it stands; `why` says why it is refused or lost.
        knows: numbers of the checks that it has been sent.
        samples: programs whose outcomes came from it, in so many `batches`.
        deaths: losses since a batch last came back.
    """

    node_id: str
    name: str
    workers: int
    state: NodeState = NodeState.OPENING
    why: str = ""
    actor: Any = None
    description: Description | None = None
    knows: set[int] = field(default_factory=set)
    samples: int = 0
    batches: int = 0
    deaths: int = 0

    def as_dict(self) -> dict[str, object]:
        """Return what a run's record says of it."""
        kernel = self.description.kernel if self.description else None
        said = {"name": self.name, "state": self.state.value, "workers": self.workers}
        done = {"samples": self.samples, "batches": self.batches}
        return said | done | {"kernel": kernel, "why": self.why}


@dataclass(frozen=True, slots=True)
class ClusterDescription(Description):
    """What the sandboxes of a cluster have in common, and which nodes there were.

    Attributes:
        engine: `ray`.
        ray: Ray's version.
        nodes: a dict for each node that was seen, `ClusterNode.as_dict`.
    """

    engine: str = "ray"
    ray: str = ""
    nodes: tuple[dict[str, object], ...] = ()
