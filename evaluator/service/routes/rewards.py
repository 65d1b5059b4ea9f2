"""`POST /v1/rewards`: a batch of completions is scored at once, and nothing of it is kept."""

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator
from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, Header
from pydantic import BaseModel, Field, JsonValue
from starlette.responses import Response, StreamingResponse

from evaluator.problems import ProblemSet
from evaluator.rewards import MOST_ITEMS, SMALL, Reward
from evaluator.rewards.items import brings_tests
from evaluator.service.auth import Submitter
from evaluator.service.context import Service, ServiceDep
from evaluator.service.error_responses import HTTPProblemError
from evaluator.service.schemas import Name, StrictModel
from evaluator.store.problem_sets import find_problem_set
from sandbox import SandboxError

__all__ = ["router"]

router = APIRouter(tags=["rewards"])

_LINES = "application/x-ndjson"


class RewardsRequest(StrictModel):
    """A batch."""

    items: list[JsonValue] = Field(
        min_length=1,
        description=f"at most {MOST_ITEMS:,}: `completion` or `solution`, and `task_id`, `test` or `tests`",
        examples=[[{"task_id": "HumanEval/0", "completion": "    return False\n"}]],
    )
    problems: Name | None = Field(
        None, description="the problem set that `task_id` refers to; see /v1/problems"
    )
    fraction: bool = Field(
        False, description="give the share of the tests that passed, where they are told apart"
    )
    sanitize: bool = Field(False, description="take the code out of completions that are text")


class RewardOfItem(BaseModel):
    """The reward of an item; null, and never 0, where there is no verdict, for the reason in `detail`."""

    reward: float | None
    passed: bool | None
    verdict: str | None
    fraction: float | None
    detail: str


class RewardsResponse(BaseModel):
    """The rewards, in the order of the items."""

    rewards: list[RewardOfItem]


@router.post(
    "/v1/rewards", response_model=RewardsResponse,
    responses={200: {"content": {_LINES: {"schema": {"type": "string"}}}}},
)  # fmt: skip
async def give_rewards(
    given: RewardsRequest, service: ServiceDep, caller: Submitter, accept: Annotated[str, Header()] = ""
) -> Response:
    """Score a batch and return its rewards.

    Keys take turns, also in the midst of a large batch; batches of up to 16 items are scored beside it. With
    `Accept: application/x-ndjson` each reward is sent as soon as it is known, with the `place` of its item;
    the order is then that of their ends.
    """
    if len(given.items) > MOST_ITEMS:
        raise HTTPProblemError(
            422, f"{len(given.items):,} items are more than {MOST_ITEMS:,}; send several batches"
        )
    problems = await to_thread.run_sync(_problem_set, service, given.problems) if given.problems else None
    batch = _Batch(service, caller.id, given, problems)
    if _LINES in accept:
        return StreamingResponse(batch.lines(await batch.begun()), media_type=_LINES)
    async for _line in batch.lines(await batch.begun()):
        pass
    return await to_thread.run_sync(batch.answer)


def _problem_set(service: Service, name: str) -> ProblemSet:
    with service.store.read() as db:
        set_id = find_problem_set(db, name)
    if set_id is None:
        raise HTTPProblemError(422, f"no problem set {name!r:.80}; GET /v1/problems lists those there are")
    return service.problem_set(set_id)


class _Batch:
    """A batch on its way: scored in a thread, in slices if others wait."""

    def __init__(
        self, service: Service, key: str, given: RewardsRequest, problems: ProblemSet | None
    ) -> None:
        self._service = service
        self._key = key
        self._given = given
        self._problems = problems
        # Tests that a key brings are judged by workers of its own.
        self._owner = f"key {key}" if any(map(brings_tests, given.items)) else ""
        self._rewards: dict[int, Reward] = {}
        self._untold: deque[int] = deque()

    async def begun(self) -> "asyncio.Task[None]":
        """Wait for the first turn; raises `HTTPProblemError` (429) if it does not come in time."""
        began = asyncio.Event()
        task = asyncio.create_task(self._score(began))
        waiting = asyncio.create_task(began.wait())
        await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        if task.done():
            task.result()
        return task

    async def lines(self, task: "asyncio.Task[None]") -> AsyncIterator[bytes]:
        """Yield the rewards as lines, as they come; raises what ends the batch."""
        try:
            while not task.done() or self._untold:
                if not self._untold:
                    await asyncio.wait({task}, timeout=0.005)
                    continue
                told = [self._untold.popleft() for _ in range(len(self._untold))]
                lines = (json.dumps({"place": place} | self._rewards[place].as_dict()) for place in told)
                yield "".join(f"{line}\n" for line in lines).encode()
            task.result()
        finally:
            task.cancel()

    def answer(self) -> Response:
        """Return the rewards in order."""
        rewards = [self._rewards[place].as_dict() for place in range(len(self._given.items))]
        return Response(json.dumps({"rewards": rewards}), media_type="application/json")

    async def _score(self, began: asyncio.Event) -> None:
        service, items = self._service, self._given.items
        turns, threads = service.reward_turns, service.reward_threads
        if len(items) <= SMALL:
            turns, threads = service.small_reward_turns, service.small_reward_threads
        first = 0
        while first < len(items):
            async with turns.turn(self._key):
                began.set()
                try:
                    first += await to_thread.run_sync(self._slice, first, limiter=threads)
                except SandboxError as error:
                    raise HTTPProblemError(503, f"no sandbox: {error}", {"Retry-After": "5"}) from None

    def _slice(self, first: int) -> int:
        """Score items from the first on, in a thread; returns how many."""
        service = self._service

        def tell(place: int, reward: Reward) -> None:
            self._rewards[first + place] = reward
            self._untold.append(first + place)

        with service.reward_model(self._owner) as model:
            rewards = model.score(
                self._given.items[first:],
                problems=self._problems,
                sanitize=self._given.sanitize,
                fraction=self._given.fraction,
                make_way=lambda: service.reward_turns.waiting > 0,
                tell=tell,
            )
        return len(rewards)
