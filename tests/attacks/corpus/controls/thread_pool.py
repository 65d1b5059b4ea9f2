# problem: collatz_steps
# verdict: passed
# why: A pool of threads from concurrent.futures.
from concurrent.futures import ThreadPoolExecutor


def steps(n):
    count = 0
    while n != 1:
        n = n // 2 if n % 2 == 0 else 3 * n + 1
        count += 1
    return count


def collatz_steps(n):
    with ThreadPoolExecutor(2) as pool:
        return pool.submit(steps, n).result()
