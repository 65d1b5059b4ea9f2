"""A sandbox that stays open and gives rewards, batch after batch."""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any, Final

from evaluator.errors import EvaluatorError, UsageError
from evaluator.problems import ProblemRows, ProblemSet, read_problem_rows
from evaluator.rewards.items import MOST_ITEMS, Items
from evaluator.rewards.reward import Reward, reward_of
from evaluator.rewards.single_workers import SingleWorkers
from sandbox import (
    CheckError,
    DisagreementError,
    JudgeMode,
    Limits,
    Outcome,
    Program,
    Sandbox,
    SandboxError,
    open_sandbox,
)
from sandbox.closing import ClosedOnExit

__all__ = ["SMALL", "RewardModel"]

_TIMEOUT_S: Final = 6.0  # CPU seconds, where no problem set says otherwise
_LEAST_SLICE: Final = 64
SMALL: Final = 16  # items of a batch that may be scored beside another one

Told = Callable[[int, Reward], object]


def _never() -> bool:
    return False


class RewardModel(ClosedOnExit):
    r"""Scores completions; use it as a context manager, or call `close`.

        with RewardModel("humaneval", workers=8) as model:
            rewards = model.score([{"task_id": "HumanEval/0", "completion": "    return False\n"}])

    The workers stay, so a small batch costs milliseconds. No process is shared by programs of two calls of
    `score`. Any number of threads may use it: one batch of any size has all workers, and batches of up to 16
    items that come meanwhile are scored beside it, by as many workers more, which are started as they are
    needed.

    Args:
        problems: a name, a path or a set that `task_id` of the items refers to; None if all items bring
            their tests.
        workers: programs that run at once; by default one for each CPU.
        timeout_s: CPU seconds for a program and its test, or for one test of a program that reads its
            standard input; by default the problem set's figure, or 6.
        sanitize: take the code out of completions that are text; of chat messages it is always taken out.
        fraction: give the share of the tests that passed, where a problem tells them apart.
        options: further options of the sandbox; see `sandbox.SandboxOptions`. Problems whose tests live
            beside the code need `judge="in-process"`, where a program can forge its reward.

    Raises:
        EvaluatorError: there is no such problem set.
        SandboxError: this machine cannot give the isolation asked for.
    """

    def __init__(
        self,
        problems: str | Path | ProblemRows | ProblemSet | None = None,
        *,
        workers: int | None = None,
        timeout_s: float | None = None,
        sanitize: bool = True,
        fraction: bool = False,
        **options: Any,  # noqa: ANN401 - the sandbox's own
    ) -> None:
        if isinstance(problems, str | Path):
            problems = read_problem_rows(problems)
        self._problems = problems.problem_set if isinstance(problems, ProblemRows) else problems
        if timeout_s is None:
            timeout_s = self._problems.timeout_s if self._problems else _TIMEOUT_S
        self._sanitize = sanitize
        self._fraction = fraction
        limits = Limits(cpu_s=timeout_s)
        self._lock = threading.Lock()
        self._box: Sandbox = open_sandbox(workers=workers, limits=limits, **options)
        most = self._box.description.workers
        self._singles = SingleWorkers(lambda: open_sandbox(workers=1, limits=limits, **options), most)
        self._threads = ThreadPoolExecutor(most, "passlaw-rewards")

    def close(self) -> None:
        """End the workers; may be called again."""
        self._threads.shutdown()
        self._singles.close()
        self._box.close()

    def score(
        self,
        items: Sequence[object],
        *,
        problems: ProblemSet | None = None,
        sanitize: bool | None = None,
        fraction: bool | None = None,
        make_way: Callable[[], bool] = _never,
        tell: Told | None = None,
    ) -> list[Reward]:
        """Return the rewards of a batch, in its order.

        Args:
            items: see `evaluator.rewards.items`; at most 16,384. A bad one has no reward and says why; the
                others are scored all the same.
            problems: another set for this batch.
            sanitize: as in the class, for this batch.
            fraction: likewise.
            make_way: asked now and then during a batch of more than 16 items; once it says True, this returns
                with the rewards so far.
            tell: called with the place and the reward of each item as soon as it is known.

        Returns:
            One reward for each item; fewer if it was to make way, and then those of the first items.

        Raises:
            UsageError: there are too many items.
        """
        if len(items) > MOST_ITEMS:
            raise UsageError(
                f"{len(items):,} items are more than the {MOST_ITEMS:,} of a batch; send several"
            )
        wants_fraction = self._fraction if fraction is None else fraction

        def batch(items: Sequence[object], tell: Told | None) -> _Batch:
            made = Items(
                problems or self._problems,
                sanitize=self._sanitize if sanitize is None else sanitize,
                fraction=wants_fraction,
                in_process=self._box.description.judge is JudgeMode.IN_PROCESS,
            )
            return _Batch(items, made, fraction=wants_fraction, make_way=make_way, tell=tell)

        small = len(items) <= SMALL
        if self._lock.acquire(blocking=not small):
            try:
                return batch(items, tell).rewards(self._box)
            finally:
                self._lock.release()
        return self._beside(items, batch, tell)

    def _beside(
        self,
        items: Sequence[object],
        batch: Callable[[Sequence[object], Told | None], "_Batch"],
        tell: Told | None,
    ) -> list[Reward]:
        """Score a small batch while another one has the workers, each part of it by a worker of its own."""
        rewards: dict[int, Reward] = {}

        def score(first: int, step: int) -> None:
            def told(place: int, reward: Reward) -> None:
                rewards[first + place * step] = reward
                if tell is not None:
                    tell(first + place * step, reward)

            with self._singles.sandbox() as box:
                batch(items[first::step], told).rewards(box)

        with self._singles.places(len(items)) as count:
            others = [self._threads.submit(score, first, count) for first in range(1, count)]
            try:
                score(0, count)
            finally:
                wait(others)
            for each in others:
                each.result()
        return [rewards[place] for place in range(len(items))]

    def score_one(self, item: Mapping[str, object]) -> Reward:
        """Return the reward of one item."""
        return self.score([item])[0]


class _Batch:
    """One batch on its way: each distinct program runs once."""

    def __init__(
        self,
        items: Sequence[object],
        made: Items,
        *,
        fraction: bool,
        make_way: Callable[[], bool],
        tell: Told | None,
    ) -> None:
        self._items = items
        self._made = made
        self._fraction = fraction
        self._make_way = make_way
        self._tell = tell
        self._rewards: list[Reward | None] = []
        self._places: dict[tuple[str, int], list[int]] = {}  # of the items with one program
        self._given: list[Program] = []

    def rewards(self, box: Sandbox) -> list[Reward]:
        """Run what is to be run and return the rewards in order."""
        done = 0
        try:
            for outcome in box.run(self._programs()):
                self._settle(self._given[done], reward_of(outcome, fraction=self._fraction))
                done += 1
        except DisagreementError:
            self._again(box, self._given)  # nothing that the shared process said counts
        except SandboxError:
            self._again(box, self._given[done:])
        for _program in self._programs_left():  # a run that broke off has not read all of them
            pass
        self._again(box, [program for program in self._given if self._is_open(program)])
        return [each for each in self._rewards if each is not None]

    def _programs(self) -> Iterator[Program]:
        for number, program in enumerate(self._programs_left(), 1):
            yield program
            if number >= _LEAST_SLICE and self._make_way():
                self._items = self._items[: len(self._rewards)]
                return

    def _programs_left(self) -> Iterator[Program]:
        """Yield each distinct program of the items that were not read yet."""
        while len(self._rewards) < len(self._items):
            place = len(self._rewards)
            self._rewards.append(None)
            try:
                program = self._made.program(self._items[place])
            except EvaluatorError as bad:
                self._set(place, Reward.missing(f"item {place}: {bad}"))
                continue
            places = self._places.setdefault((program.source, id(program.check)), [])
            places.append(place)
            if len(places) == 1:
                self._given.append(program)
                yield program
            elif (first := self._rewards[places[0]]) is not None:
                self._set(place, first)

    def _is_open(self, program: Program) -> bool:
        return self._rewards[self._places[program.source, id(program.check)][0]] is None

    def _again(self, box: Sandbox, programs: Sequence[Program]) -> None:
        """Run programs of a run that broke off; where that fails too, halve them, and at last say so."""
        if not programs:
            return
        try:
            outcomes: Iterable[Outcome] = box.judge(programs)
        except SandboxError as error:
            checks = list({id(program.check): program.check for program in programs}.values())
            if isinstance(error, CheckError) and len(checks) > 1:
                first = set(map(id, checks[: len(checks) // 2]))
                self._again(box, [program for program in programs if id(program.check) in first])
                self._again(box, [program for program in programs if id(program.check) not in first])
                return
            for program in programs:
                self._settle(program, Reward.missing(f"not scored: {error}"))
            return
        for program, outcome in zip(programs, outcomes, strict=True):
            self._settle(program, reward_of(outcome, fraction=self._fraction))

    def _settle(self, program: Program, reward: Reward) -> None:
        for place in self._places[program.source, id(program.check)]:
            self._set(place, reward)

    def _set(self, place: int, reward: Reward) -> None:
        self._rewards[place] = reward
        if self._tell is not None:
            self._tell(place, reward)
