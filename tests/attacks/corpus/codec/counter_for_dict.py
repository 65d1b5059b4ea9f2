# problem: probe
# verdict: passed
# why: A Counter where a dict is expected.
# test: assert candidate("aab") == {"a": 2, "b": 1}
from collections import Counter


def f(text):
    return Counter(text)
