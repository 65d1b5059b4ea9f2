"""Small batches are scored beside another one, by workers of their own."""

import threading
from collections.abc import Callable, Iterator

import pytest

from evaluator.rewards import SMALL, Reward, RewardModel
from evaluator.rewards.single_workers import SingleWorkers
from sandbox import Limits, Sandbox, open_sandbox

RIGHT, WRONG = "    return number % 1.0\n", "    return number\n"
SLEEPS = "    import time; time.sleep(6)\n" + RIGHT


def items(texts: list[str]) -> list[dict[str, str]]:
    return [{"task_id": "HumanEval/2", "completion": text} for text in texts]


@pytest.fixture
def model() -> Iterator[RewardModel]:
    with RewardModel("humaneval", workers=2, timeout_s=60) as opened:
        yield opened


@pytest.fixture
def busy(model: RewardModel) -> Iterator[Callable[[], bool]]:
    """The model has a long batch meanwhile; says whether it still has it."""
    large = items([*(f"{RIGHT}    # {n}\n" for n in range(SMALL)), SLEEPS])
    begun, rewards = threading.Event(), list[Reward]()

    def score() -> None:
        rewards.extend(model.score(large, tell=lambda _place, _reward: begun.set()))

    thread = threading.Thread(target=score)
    thread.start()
    assert begun.wait(120)
    yield thread.is_alive
    thread.join()
    assert [each.reward for each in rewards] == [1.0] * len(large)


def test_small_batches_do_not_wait_for_a_long_one(model: RewardModel, busy: Callable[[], bool]) -> None:
    told: dict[int, float | None] = {}
    texts = [(RIGHT if n % 3 else WRONG) + f"    # {n}\n" for n in range(SMALL - 1)]
    rewards = model.score(
        items([*texts, "    return (\n"]), tell=lambda place, each: told.update({place: each.reward})
    )
    assert busy()
    expected = [float(bool(n % 3)) for n in range(SMALL - 1)] + [0.0]
    assert [each.reward for each in rewards] == expected
    assert [told[place] for place in range(SMALL)] == expected
    assert model.score([]) == []


def test_many_small_batches_at_once_have_their_own_rewards(
    model: RewardModel, busy: Callable[[], bool]
) -> None:
    found: dict[int, list[float | None]] = {}

    def score(number: int) -> None:
        texts = [(RIGHT if (number + n) % 2 else WRONG) + f"    # {number} {n}\n" for n in range(3)]
        found[number] = [each.reward for each in model.score(items(texts))]

    threads = [threading.Thread(target=score, args=(number,)) for number in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert busy()
    assert found == {number: [float((number + n) % 2) for n in range(3)] for number in range(24)}


def test_sandboxes_are_opened_as_needed_shared_out_and_closed() -> None:
    opened: list[Sandbox] = []

    def open_one() -> Sandbox:
        opened.append(open_sandbox(workers=1, limits=Limits(cpu_s=1.0)))
        return opened[-1]

    singles = SingleWorkers(open_one, 3)
    with singles.places(2) as first, singles.places(5) as second:
        assert (first, second) == (2, 1)
        with singles.sandbox() as one, singles.sandbox() as other:
            assert one is not other
            assert len(opened) == 2
    with singles.places(5) as count, singles.sandbox() as again:
        assert count == 3
        assert again in opened
        singles.close()
        assert len(opened) == 2
    singles.close()
    assert not any(slot._worker for box in opened for slot in box._slots)
