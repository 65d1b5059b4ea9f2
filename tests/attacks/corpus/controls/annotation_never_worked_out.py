# problem: probe
# verdict: passed
# why: an annotation with a form of typing that takes no such parameters, in a function that is never defined
# test: assert candidate(3) == 4
from typing import Callable, List


def f(n):
    if n < 0:
        def g(x: Callable[()], y: List[()]): return x
    return n + 1
