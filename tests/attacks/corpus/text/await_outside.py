# problem: add
# verdict: syntax_error
# why: An await at module level.
import asyncio

await asyncio.sleep(0)


def add(a, b):
    return 0
