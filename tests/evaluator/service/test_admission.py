import asyncio
import socket

import pytest

from evaluator.service.admission import Turns
from evaluator.service.error_responses import HTTPProblemError
from evaluator.service.listener import listen


def test_accepted_connections_send_small_answers_at_once() -> None:
    with listen("127.0.0.1", 0) as listening, socket.create_connection(listening.getsockname()):
        accepted, _address = listening.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


async def served_in_order(turns: Turns, keys: list[str]) -> list[str]:
    """The keys of requests, made in this order while the only slot is taken, in the order of their turns."""
    order: list[str] = []
    taken, leave = asyncio.Event(), asyncio.Event()

    async def hold() -> None:
        async with turns.turn("holder"):
            taken.set()
            await leave.wait()

    async def ask(key: str) -> None:
        async with turns.turn(key):
            order.append(key)

    async with asyncio.TaskGroup() as group:
        group.create_task(hold())
        await taken.wait()
        for key in keys:
            group.create_task(ask(key))
        await asyncio.sleep(0)
        assert turns.waiting == len(keys)
        leave.set()
    return order


def test_keys_take_turns_however_much_one_sends() -> None:
    turns = Turns(1, wait_s=60, most_waiting=100)
    assert asyncio.run(served_in_order(turns, ["a", "a", "a", "b", "a", "c"])) == list("abcaaa")
    assert turns.waiting == 0


def test_who_does_not_come_in_time_hears_when_to_try_again() -> None:
    async def late() -> HTTPProblemError:
        turns = Turns(1, wait_s=0.01, most_waiting=100)
        async with turns.turn("a"):
            with pytest.raises(HTTPProblemError) as refused:
                async with turns.turn("b"):
                    pass
        async with turns.turn("b"):  # nothing of the refused one is left
            assert turns.waiting == 0
        return refused.value

    refused = asyncio.run(late())
    assert refused.status == 429
    assert refused.headers is not None
    assert int(refused.headers["Retry-After"]) >= 1


def test_a_queue_that_is_full_refuses_at_once() -> None:
    async def full() -> None:
        turns = Turns(1, wait_s=3600, most_waiting=0)
        async with turns.turn("a"):
            with pytest.raises(HTTPProblemError, match="try again in"):
                async with turns.turn("a"):
                    pass

    asyncio.run(full())


def test_a_turn_that_would_come_too_late_is_refused_at_once() -> None:
    async def busy() -> None:
        turns = Turns(1, wait_s=0.05, most_waiting=100)
        async with turns.turn("a"):
            await asyncio.sleep(0.1)  # so long do turns take here
        async with turns.turn("a"):
            refused = asyncio.ensure_future(turns.turn("b").__aenter__())
            await asyncio.sleep(0)  # one step of the loop, and no time to wait
            assert isinstance(refused.exception(), HTTPProblemError)

    asyncio.run(busy())


def test_a_request_that_is_given_up_passes_its_turn_on() -> None:
    async def given_up() -> list[str]:
        turns = Turns(1, wait_s=60, most_waiting=100)
        async with turns.turn("a"):
            waiting = asyncio.create_task(turns.turn("b").__aenter__())
            await asyncio.sleep(0)
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
            assert turns.waiting == 0
        return await served_in_order(turns, ["c", "d"])

    assert asyncio.run(given_up()) == ["c", "d"]
