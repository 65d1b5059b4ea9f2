"""State that the parts of a running service share, as a FastAPI dependency."""

import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Final

from anyio import CapacityLimiter
from fastapi import Depends, Request

from evaluator.problems import ProblemSet
from evaluator.rewards import RewardModel
from evaluator.runs.result import stored_result
from evaluator.scoring.result import EvaluationResult
from evaluator.service.admission import Turns
from evaluator.service.figure_store import FigureStore
from evaluator.service.metrics import Metrics
from evaluator.service.process_pool import ProcessPool
from evaluator.service.runner_supervisor import RunnerSupervisor
from evaluator.service.settings import ServiceSettings
from evaluator.store import Run, Store
from evaluator.store.problem_sets import load_problem_set
from sandbox import Scripts

__all__ = ["HEALTH_THREADS", "Service", "ServiceDep", "get_service"]

HEALTH_THREADS: Final = 2
_REWARD_MODELS: Final = 3  # kept open, unless more are in use; each has its own workers
_MOST_WAITING: Final = 1000  # requests for code runs; none of them holds a thread


@dataclass(slots=True)
class Service:
    """A running service.

    Attributes:
        process_pool: processes that read uploads.
        forecast_pool: processes that make forecasts.
        scripts: what runs the programs of /run_code; None if nothing does.
        runners: the processes that work on runs.
        spool: the folder for uploads on their way.
        stopping: set once it is asked to stop.
        code_turns: who may run a program of /run_code now.
        code_threads: threads that run programs of /run_code; other requests do not share them.
        health_threads: threads that answer /healthz, whatever else is going on.
        reward_turns: whose batch of /v1/rewards has all workers now.
        reward_threads: the thread that scores it.
        small_reward_turns: whose small batches are scored beside it.
        small_reward_threads: the threads that score those.
        figures: the figures of stored forecasts.
    """

    settings: ServiceSettings
    store: Store
    process_pool: ProcessPool
    forecast_pool: ProcessPool
    spool: Path
    runners: RunnerSupervisor
    metrics: Metrics
    scripts: Scripts | None
    stopping: bool = False
    code_turns: Turns = field(init=False)
    code_threads: CapacityLimiter = field(init=False)
    health_threads: CapacityLimiter = field(init=False)
    reward_turns: Turns = field(init=False)
    reward_threads: CapacityLimiter = field(init=False)
    small_reward_turns: Turns = field(init=False)
    small_reward_threads: CapacityLimiter = field(init=False)
    figures: FigureStore = field(init=False)
    _reward_models: "OrderedDict[str, _UsedModel]" = field(default_factory=OrderedDict)
    _reward_lock: threading.Lock = field(default_factory=threading.Lock)
    _problem_sets: "_ProblemSets" = field(init=False)

    def __post_init__(self) -> None:
        workers = max(1, self.settings.code_workers)
        self.code_turns = Turns(workers, wait_s=self.settings.code_wait_s, most_waiting=_MOST_WAITING)
        self.code_threads = CapacityLimiter(workers)
        self.health_threads = CapacityLimiter(HEALTH_THREADS)
        self.reward_turns = Turns(1, wait_s=self.settings.reward_wait_s, most_waiting=_MOST_WAITING)
        self.reward_threads = CapacityLimiter(1)
        self.small_reward_turns = Turns(
            self.settings.workers, wait_s=self.settings.reward_wait_s, most_waiting=_MOST_WAITING
        )
        self.small_reward_threads = CapacityLimiter(self.settings.workers)
        self.figures = FigureStore(self.store, self.process_pool)
        self._problem_sets = _ProblemSets(self.store)

    def problem_set(self, set_id: str) -> ProblemSet:
        """Return a stored problem set; the most recent ones are cached, as they never change."""
        return self._problem_sets.get(set_id)

    @contextmanager
    def reward_model(self, owner: str = "") -> Iterator[RewardModel]:
        """Yield what scores batches, started when it is first asked for; it stays open while it is used.

        The text of tests runs in the judge, and could change how it judges. Items that bring their own tests
        are therefore judged by workers that score for nobody else.

        Args:
            owner: the key whose items bring tests; empty for items of stored problem sets.

        Raises:
            SandboxError: this machine cannot give the isolation asked for.
        """
        with self._reward_lock:
            found = self._reward_models.pop(owner, None)
            if found is None:
                self._end_idle_models()
                found = _UsedModel(
                    RewardModel(
                        workers=self.settings.workers,
                        timeout_s=self.settings.reward_timeout_s,
                        sanitize=False,
                        packages=self.settings.reward_packages or None,
                    )
                )
            self._reward_models[owner] = found  # the last used comes last
            found.users += 1
        try:
            yield found.model
        finally:
            with self._reward_lock:
                found.users -= 1

    def _end_idle_models(self) -> None:
        """End reward models that nobody uses, those used longest ago, so that there is room for one."""
        idle = [owner for owner, each in self._reward_models.items() if not each.users]
        for owner in idle[: max(0, len(self._reward_models) + 1 - _REWARD_MODELS)]:
            self._reward_models.pop(owner).model.close()

    def close(self) -> None:
        """End what the service has started for itself."""
        while self._reward_models:
            self._reward_models.popitem()[1].model.close()

    def result(self, run: Run) -> EvaluationResult:
        """Return the results of a run so far."""
        return stored_result(self.store, run, self.problem_set(run.problem_set))


@dataclass(slots=True)
class _UsedModel:
    """A reward model, and how many batches use it now."""

    model: RewardModel
    users: int = 0


class _ProblemSets:
    def __init__(self, store: Store) -> None:
        def load(set_id: str) -> ProblemSet:
            with store.read() as db:
                found = load_problem_set(db, set_id)
            assert found is not None, "runs refer to sets that are there"
            return found

        self.get = lru_cache(maxsize=8)(load)


def get_service(request: Request) -> Service:
    """Return the running service."""
    service: Service = request.app.state.service
    return service


ServiceDep = Annotated[Service, Depends(get_service)]
