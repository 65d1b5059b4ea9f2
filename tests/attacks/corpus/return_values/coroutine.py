# problem: add
# verdict: wrong_answer | runtime_error
# why: The entry point is a coroutine function and is never awaited.
async def add(a, b):
    return a + b
