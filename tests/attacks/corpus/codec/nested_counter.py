# problem: probe
# verdict: passed
# why: Subclasses inside other values.
# test: assert candidate() == [{"a": 1}, ({"b": 2},), {"k": {"c": 3}}]
from collections import Counter, OrderedDict


def f():
    return [Counter(a=1), (Counter(b=2),), OrderedDict(k=Counter(c=3))]
