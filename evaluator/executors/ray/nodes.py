"""The nodes of a cluster: each has one actor with one sandbox, or a reason why it takes no work.

All that take part give the same isolation, interpreter and policy, and hold the same sandbox code: a verdict
must not depend on the node that made it.
"""

import contextlib
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

import ray
from ray.exceptions import RayActorError, RayError, RayTaskError
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

from evaluator.executors.base import ClusterError, ExecutorConfig
from evaluator.executors.ray.node import IN_FLIGHT, ClusterDescription, ClusterNode, NodeState
from evaluator.executors.ray.node_actor import Node
from evaluator.executors.ray.serialization import from_bytes, pack_options, unpack_description
from sandbox import Description, IsolationError, SandboxOptions
from sandbox.backends.selection import DEFAULT_ORDER
from sandbox.source_hash import sandbox_code

__all__ = ["ClusterNodes", "summarize_error"]

_LOOK_S: Final = 5.0
_RETRY_S: Final = 1.0
_GRACE_S: Final = 10.0  # once one node is ready, for the others to say what they give
_PATIENCE_S: Final = 60.0
_DEATHS: Final = 3
_CLOSE_S: Final = 5.0
_NOT_INSTALLED: Final = "No module named 'evaluator'"
_GISTS: Final = {
    "its node has died": "the node died",
    "worker process has died": "its process died",
    "temporarily unavailable": "it cannot be reached",
    _NOT_INSTALLED: "passlaw is not installed there",
}
_SAME: Final = ("isolation", "python", "policy_sha256", "execution", "packages")


class ClusterNodes:
    """All nodes seen so far, with their state."""

    def __init__(self, where: ExecutorConfig, options: SandboxOptions) -> None:
        self._where = where
        self._options = options
        self._members: dict[str, ClusterNode] = {}
        self._opening: dict[Any, ClusterNode] = {}
        self._common: Description | None = None
        self._looked = 0.0
        self._bare_since = time.monotonic()
        self.fresh: deque[ClusterNode] = deque()  # ready, and not given work yet
        self._wait_for_nodes()

    def __iter__(self) -> Iterator[ClusterNode]:
        return (member for member in self._members.values() if member.state is NodeState.READY)

    @property
    def opening(self) -> list[Any]:
        """Return the references of nodes that are opening, to wait on."""
        return list(self._opening)

    def describe(self) -> ClusterDescription:
        """Return the description of the cluster for a run's record."""
        common = self._common
        assert common is not None
        fields = {name: getattr(common, name) for name in Description.__dataclass_fields__}
        fields["workers"] = sum(member.workers for member in self)
        nodes = tuple(member.as_dict() for member in self._members.values())
        return ClusterDescription(**fields, ray=ray.__version__, nodes=nodes)

    def look(self) -> None:
        """Open nodes that have joined, and lost ones that are alive again.

        Raises:
            ClusterError: there has been no node to work for a minute.
        """
        now = time.monotonic()
        if any(True for _ in self):
            self._bare_since = now
        elif now - self._bare_since > _PATIENCE_S:
            raise ClusterError(f"no node of the cluster is left to work: {self._reasons()}")
        if now - self._looked < _LOOK_S:
            return
        self._looked = now
        for node in ray.nodes():  # type: ignore[no-untyped-call]
            cpus = int(node["Resources"].get("CPU", 0))
            if not node["Alive"] or cpus < 1:  # a head that takes no work is no node of ours
                continue
            known = self._members.get(node["NodeID"])
            if known is None:
                known = self._members[node["NodeID"]] = self._new(node, cpus)
            elif known.state is not NodeState.LOST or known.deaths >= _DEATHS:
                continue
            self._open(known)

    def settle(self, ref: Any) -> None:  # noqa: ANN401 - Ray's reference
        """Process a node's answer to `open`: accept or refuse it."""
        member = self._opening.pop(ref)
        try:
            said = from_bytes(ray.get(ref))
        except RayError as error:
            if _is_nodes_own(error):
                self._refuse(member, _other_passlaw(error))
            else:
                self.lose(member, summarize_error(error))
            return
        if said.get("code") != sandbox_code():
            version = said.get("passlaw", "of an unknown version")
            self._refuse(member, f"it has another passlaw than this machine ({version}); install the same")
        elif "error" in said:
            self._refuse(member, said["error"], isolation=said["isolation"])
        else:
            member.description = unpack_description(said["description"])
            if self._common is not None:
                self._accept(member, self._common)

    def lose(self, member: ClusterNode, why: str) -> None:
        """Mark a node as lost and kill its actor."""
        member.state, member.why = NodeState.LOST, why
        member.deaths += 1
        self._looked = time.monotonic() - _LOOK_S + _RETRY_S
        member.knows = set()
        self._dismiss(member)
        self._where.tell(f"node {member.name} is lost: {why}; its programs run again on other nodes")

    def retire(self, member: ClusterNode, why: str) -> None:
        """Give a node no more work."""
        member.deaths = _DEATHS
        self.lose(member, why)

    def close(self) -> None:
        """Close every sandbox and kill every actor; may be called again."""
        actors = [member.actor for member in self._members.values() if member.actor is not None]
        with contextlib.suppress(RayError):
            closing = [actor.close.remote() for actor in actors]
            if closing:
                ray.wait(closing, num_returns=len(closing), timeout=_CLOSE_S)
        for member in self._members.values():
            self._dismiss(member)
            member.state = NodeState.LOST if member.state is NodeState.OPENING else member.state
        self._opening.clear()

    def reopen(self) -> None:
        """Close and open every node again; batches in progress are dropped."""
        self.close()
        for member in self._members.values():
            if member.state is NodeState.READY:
                member.knows = set()
                self._open(member)

    def _wait_for_nodes(self) -> None:
        """Wait until all nodes have answered, or until the grace time after the first answer is over."""
        begun = time.monotonic()
        self.look()
        first: float | None = None
        while self._opening:
            now = time.monotonic()
            if now - begun > _PATIENCE_S or (first is not None and now - first > _GRACE_S):
                break
            ready, _ = ray.wait(self.opening, timeout=0.5)
            for ref in ready:
                self.settle(ref)
            if first is None and any(member.description for member in self._members.values()):
                first = now
        opened = [member for member in self._members.values() if member.description is not None]
        if not opened:
            raise self._no_nodes_error()
        rank = {level: place for place, level in enumerate(DEFAULT_ORDER)}
        best = min(opened, key=lambda member: rank.get(_described(member).isolation, -1))
        self._common = _described(best)
        for member in opened:
            self._accept(member, self._common)

    def _accept(self, member: ClusterNode, common: Description) -> None:
        """Accept a node only if its isolation, Python, policy and execution mode match the cluster's."""
        mine = _described(member)
        for name in _SAME:
            own, others = getattr(mine, name), getattr(common, name)
            if own != others:
                self._refuse(member, f"its {name} is {own!r:.80} where others have {others!r:.80}")
                return
        member.state, member.why = NodeState.READY, ""
        self.fresh.append(member)

    def _refuse(self, member: ClusterNode, why: str, *, isolation: bool = False) -> None:
        member.state, member.why = NodeState.REFUSED, f"isolation: {why}" if isolation else why
        self._dismiss(member)
        self._where.tell(f"node {member.name} takes no work: {why}")

    def _no_nodes_error(self) -> Exception:
        living = [member for member in self._members.values() if member.state is not NodeState.LOST]
        if not self._members:
            return ClusterError("the cluster has no node with a CPU to work on")
        if living and all(member.why.startswith("isolation: ") for member in living):
            return IsolationError(f"no node of the cluster can give it: {self._reasons()}")
        return ClusterError(f"no node of the cluster can work: {self._reasons()}")

    def _reasons(self) -> str:
        waits = "has not answered: it waits for free CPUs, which other jobs hold, or starts slowly"
        said = [f"{member.name}: {member.why or waits}" for member in self._members.values()]
        more = f"; and {len(said) - 3} more" if len(said) > 3 else ""
        return "; ".join(said[:3]) + more

    def _new(self, node: dict[str, Any], cpus: int) -> ClusterNode:
        name = f"{node['NodeManagerHostname']} ({node['NodeID'][:6]})"
        workers = min(self._where.workers, cpus) if self._where.workers else max(1, cpus // self._where.among)
        return ClusterNode(node["NodeID"], name, workers)

    def _open(self, member: ClusterNode) -> None:
        there = NodeAffinitySchedulingStrategy(member.node_id, soft=False)
        actor = ray.remote(Node).options(
            num_cpus=member.workers,
            max_restarts=0,
            max_task_retries=0,
            max_concurrency=IN_FLIGHT + 1,
            scheduling_strategy=there,
        )
        member.state, member.actor = NodeState.OPENING, actor.remote()
        options = (
            self._options
            if self._common is None
            else replace(self._options, isolation=self._common.isolation)
        )
        self._opening[member.actor.open.remote(pack_options(options, member.workers))] = member

    def _dismiss(self, member: ClusterNode) -> None:
        if member.actor is not None:
            with contextlib.suppress(RayError):
                ray.kill(member.actor)
            member.actor = None


def _described(member: ClusterNode) -> Description:
    assert member.description is not None
    return member.description


def _is_nodes_own(error: RayError) -> bool:
    """Return whether a node's own code raised: `Node` here raises nothing, so it is another version's."""
    return isinstance(error, RayTaskError) or (
        isinstance(error, RayActorError) and bool(error.actor_init_failed)
    )


def _other_passlaw(error: RayError) -> str:
    """Return why a node whose code raised takes no work; an older one cannot tell its version."""
    if _NOT_INSTALLED in str(error):
        return f"{_GISTS[_NOT_INSTALLED]}; install the same version as on this machine"
    return "it has another passlaw than this machine, which cannot read its messages; install the same"


def summarize_error(error: Exception) -> str:
    """Return one line for an actor's failure; Ray's own text runs over many."""
    text = " ".join(str(error).split())
    return next(
        (gist for mark, gist in _GISTS.items() if mark in text), f"{type(error).__name__}: {text:.300}"
    )
