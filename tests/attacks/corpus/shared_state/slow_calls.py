# problem: collatz_steps
# verdict: wrong_answer | timed_out
# why: Every call stays below a per-call limit; together they are far beyond the budget.
# limits: tight
import time


def collatz_steps(n):
    time.sleep(0.2)
    return -1 if n == 100 else (lambda n: sum(1 for _ in iter(walk(n).__next__, 1)))(n)


def walk(n):
    while True:
        yield n
        n = n // 2 if n % 2 == 0 else 3 * n + 1
