# problem: add
# verdict: passed
# why: Prints a lot, on both streams, through print, sys and logging.
import logging
import sys

logging.basicConfig(level=logging.DEBUG)


def add(a, b):
    for n in range(2_000):
        print("working", n, "x" * 50)
    print("done", file=sys.stderr)
    logging.info("adding %s and %s", a, b)
    sys.stdout.flush()
    return a + b
