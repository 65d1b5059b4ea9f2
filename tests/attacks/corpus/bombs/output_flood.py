# problem: add
# verdict: wrong_answer | timed_out
# why: Prints without end, to both streams.
# unsafe: true
# limits: tight
import sys


def add(a, b):
    line = "x" * 65536
    while True:
        sys.stdout.write(line)
        sys.stderr.write(line)
