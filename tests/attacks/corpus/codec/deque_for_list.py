# problem: probe
# verdict: wrong_answer
# why: A deque does not equal a list.
# test: assert candidate() == [1, 2]
from collections import deque


def f():
    return deque([1, 2])
