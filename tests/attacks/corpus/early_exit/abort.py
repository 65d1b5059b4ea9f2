# problem: add
# verdict: crashed
# why: SIGABRT.
import os


def add(a, b):
    os.abort()
