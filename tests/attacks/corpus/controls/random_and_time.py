# problem: add
# verdict: passed
# why: Random numbers, clocks and unique identifiers.
import os
import random
import time
import uuid


def add(a, b):
    noise = random.randint(1, 6) + time.time() + time.perf_counter() + uuid.uuid4().int + len(os.urandom(8))
    return a + b if noise else None
