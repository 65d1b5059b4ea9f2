# problem: probe
# verdict: passed
# why: An OrderedDict where a dict is expected.
# test: assert candidate() == {"b": 1, "a": 2}
from collections import OrderedDict


def f():
    return OrderedDict([("a", 2), ("b", 1)])
