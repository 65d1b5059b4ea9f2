# problem: collatz_steps
# verdict: passed
# why: functools.lru_cache.
from functools import lru_cache


@lru_cache(maxsize=None)
def collatz_steps(n):
    return 0 if n == 1 else 1 + collatz_steps(n // 2 if n % 2 == 0 else 3 * n + 1)
