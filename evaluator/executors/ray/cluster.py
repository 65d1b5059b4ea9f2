"""A Ray cluster as an executor: send batches to nodes, yield outcomes in the order of the programs.

Ray schedules, carries and notices what is lost. What is left for here: which batch goes where, what runs
again, and that memory does not grow, however far ahead of the first unfinished batch the others are.
"""

import contextlib
import heapq
import secrets
import time
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, Final, NamedTuple

import ray
from ray.exceptions import ObjectStoreFullError, OutOfDiskError, RayError

from evaluator.executors.base import ClusterError, ExecutorConfig
from evaluator.executors.ray.batches import Batch, Batcher, CheckStats
from evaluator.executors.ray.connection import connected
from evaluator.executors.ray.node import IN_FLIGHT, ClusterDescription, ClusterNode, NodeState
from evaluator.executors.ray.nodes import ClusterNodes, summarize_error
from evaluator.executors.ray.serialization import from_bytes, pack_check
from sandbox import (
    Audit,
    CheckError,
    DisagreementError,
    Outcome,
    Program,
    SandboxError,
    SandboxOptions,
    Verdict,
)
from sandbox.closing import ClosedOnExit

__all__ = ["Cluster"]

_TICK_S: Final = 1.0
_AHEAD: Final = 3  # batches that are done and wait for earlier ones, for each that a node may hold
_LOSSES: Final = 6  # of a program that is alone by then


class Cluster(ClosedOnExit):
    """Every node of a Ray cluster, each with one sandbox; see `Executor`.

    Raises:
        UsageError: no cluster answers at the address, or it does not take us.
        IsolationError: no node gives the isolation asked for.
        ClusterError: there is no node to work on.
    """

    def __init__(self, where: ExecutorConfig, options: SandboxOptions) -> None:
        if options.seed is None:
            options = replace(options, seed=secrets.randbits(64))
        assert options.seed is not None
        self.audit = Audit(options.audit, options.seed)
        self._running = False
        self._run: _Run | None = None
        self._checks = _Stored()
        with contextlib.ExitStack() as stack:
            stack.enter_context(connected(where.ray_address, where.workers_here))
            self._members = ClusterNodes(where, options)
            stack.callback(self._members.close)
            self._end = stack.pop_all()

    @property
    def description(self) -> ClusterDescription:
        """Return what the nodes have in common, and which nodes there were so far."""
        return self._members.describe()

    @property
    def ahead(self) -> int:
        """Return how many outcomes are there and wait for an earlier one."""
        return self._run.ahead if self._run else 0

    def close(self) -> None:
        """End every actor, and leave the cluster; may be called again."""
        self._end.close()

    def run(self, programs: Iterable[Program]) -> Iterator[Outcome]:
        """Yield each program's outcome, in the order of the programs; see `Executor`.

        Raises:
            ClusterError: no node is left, or the cluster's store of objects is full.
            CheckError: a check's own text does not run.
            DisagreementError: see `Sandbox.run`.
            SandboxError: another run is in progress.
        """
        yield from self._outcomes(programs, counted=True)

    def _outcomes(self, programs: Iterable[Program], *, counted: bool) -> Iterator[Outcome]:
        if self._running:
            raise SandboxError("this executor is already running programs; finish that run first")
        self._running = True
        self._run = run = _Run(self._members, iter(programs), self._checks, self.audit, counted=counted)
        try:
            yield from run.outcomes()
        except (ObjectStoreFullError, OutOfDiskError) as full:
            raise ClusterError(
                "the object store of this node is full; give it more with 'ray start --object-store-memory', "
                "or end what fills it"
            ) from full
        except KeyboardInterrupt:
            run.at_work.clear()  # everything is to end: no node begins anew
            raise
        finally:
            self._running = False
            self._run = None
            if run.at_work:
                self._members.reopen()

    def run_dedicated(self, programs: Iterable[Program]) -> Iterator[Outcome]:
        """Do what `run` does for programs that are no part of the run.

        They leave no trace in `audit`, and do not count among what the nodes have done.
        """
        audit, self.audit = self.audit, replace(self.audit)
        try:
            yield from self._outcomes(programs, counted=False)
        finally:
            self.audit = audit


class _Stored(CheckStats):
    """Checks that are in the object store once, for all nodes to fetch."""

    def __init__(self) -> None:
        super().__init__()
        self._packed: dict[int, Any] = {}

    def stored(self, number: int) -> Any:  # noqa: ANN401 - Ray's reference
        """Return where a check is."""
        if number not in self._packed:
            self._packed[number] = ray.put(pack_check(self[number]))
        return self._packed[number]


class _Sent(NamedTuple):
    member: ClusterNode
    batch: Batch


class _Run:
    """One pass over a stream of programs."""

    def __init__(
        self,
        members: ClusterNodes,
        programs: Iterator[Program],
        checks: "_Stored",
        audit: Audit,
        *,
        counted: bool,
    ) -> None:
        self._members = members
        self._counted = counted
        self._checks = checks
        self._cutter = Batcher(programs, checks)
        self._audit = audit
        self._again: list[tuple[int, Batch]] = []
        self._done: dict[int, list[Outcome]] = {}
        self._next = 0
        members.fresh.clear()
        # A place for each batch that a node has room for, in turn, so that few batches go to many nodes.
        self._places: deque[ClusterNode] = deque(list(members) * IN_FLIGHT)
        self.at_work: dict[Any, _Sent] = {}

    @property
    def ahead(self) -> int:
        """The outcomes of batches that wait for an earlier one."""
        return sum(len(found) for found in list(self._done.values()))

    def outcomes(self) -> Iterator[Outcome]:
        """Yield outcomes in order until every program has one."""
        while True:
            self._feed()
            while self._next in self._done:
                found = self._done.pop(self._next)
                self._next += len(found)
                yield from found
            if not (self.at_work or self._again or self._done) and self._cutter.exhausted:
                return
            self._listen()

    def _feed(self) -> None:
        while self._members.fresh:
            self._places.extend([self._members.fresh.popleft()] * IN_FLIGHT)
        while self._places:
            if self._places[0].state is not NodeState.READY:
                self._places.popleft()
            elif (batch := self._take(self._places[0])) is not None:
                self._give(self._places.popleft(), batch)
            else:
                return

    def _take(self, member: ClusterNode) -> Batch | None:
        if self._again:
            return heapq.heappop(self._again)[1]
        room = _AHEAD * IN_FLIGHT * max(1, sum(1 for _ in self._members))
        return self._cutter.cut(member.workers) if len(self._done) < room else None

    def _give(self, member: ClusterNode, batch: Batch) -> None:
        new = sorted(set(batch.checks) - member.knows)
        checks = [self._checks.stored(number) for number in new]
        member.knows.update(new)
        self.at_work[member.actor.score.remote(batch.packed(), new, *checks)] = _Sent(member, batch)

    def _listen(self) -> None:
        self._members.look()
        refs = [*self.at_work, *self._members.opening]
        if not refs:
            time.sleep(_TICK_S / 4)
            return
        ready, _ = ray.wait(refs, timeout=_TICK_S)
        if ready:
            ready, _ = ray.wait(refs, num_returns=len(refs), timeout=0)
        for ref in ready:
            if ref in self.at_work:
                self._receive(ref)
            elif ref in self._members.opening:
                self._members.settle(ref)

    def _receive(self, ref: Any) -> None:  # noqa: ANN401 - Ray's reference
        member, batch = self.at_work[ref]
        try:
            said = from_bytes(ray.get(ref))
        except RayError as error:
            self._members.lose(member, summarize_error(error))
            self._run_again(member)
            return
        if said.get("kind") == CheckError.__name__:
            raise CheckError(said["error"])
        if said.get("kind") == DisagreementError.__name__:
            self._merge_audit(said["audit"])
            raise DisagreementError(said["error"])
        if "error" in said:
            self._members.retire(member, said["error"])
            self._run_again(member)
            return
        del self.at_work[ref]
        self._record(member, batch, [Outcome.from_plain(parts) for parts in said["outcomes"]])
        self._merge_audit(said["audit"])
        self._places.append(member)

    def _record(self, member: ClusterNode, batch: Batch, outcomes: list[Outcome]) -> None:
        if len(outcomes) != len(batch):
            raise SandboxError(f"node {member.name} gave {len(outcomes)} outcomes for {len(batch)} programs")
        for check, outcome in zip(batch.checks, outcomes, strict=True):
            self._checks.learn(check, outcome)
        if self._counted:
            member.samples += len(batch)
            member.batches += 1
        member.deaths = 0
        self._done[batch.first] = outcomes

    def _run_again(self, member: ClusterNode) -> None:
        """Queue the batches of a lost node again."""
        for ref in [ref for ref, sent in self.at_work.items() if sent.member is member]:
            for batch in self.at_work.pop(ref).batch.lost():
                if len(batch) == 1 and batch.losses >= _LOSSES:
                    detail = "nodes were lost again and again while they ran this program"
                    self._done[batch.first] = [Outcome(Verdict.SANDBOX_ERROR, detail, detail)]
                else:
                    heapq.heappush(self._again, (batch.first, batch))

    def _merge_audit(self, news: dict[str, Any]) -> None:
        audit = self._audit
        joined = audit.joined(Audit(audit.share, audit.seed, **news))
        for name in news:
            setattr(audit, name, getattr(joined, name))
