# problem: add
# verdict: passed
# why: asyncio.run, which makes a pipe or a socket pair of its own.
import asyncio


async def slow_add(a, b):
    await asyncio.sleep(0)
    return a + b


def add(a, b):
    return asyncio.run(slow_add(a, b))
