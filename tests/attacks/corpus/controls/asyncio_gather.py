# problem: collatz_steps
# verdict: passed
# why: Tasks, queues and time-outs of asyncio.
import asyncio


async def steps(n):
    count = 0
    while n != 1:
        n = n // 2 if n % 2 == 0 else 3 * n + 1
        count += 1
    return count


async def both(n):
    return await asyncio.wait_for(asyncio.gather(steps(n), steps(n)), 5)


def collatz_steps(n):
    return asyncio.run(both(n))[0]
