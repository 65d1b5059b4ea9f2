# problem: probe
# verdict: passed
# why: A defaultdict where a dict is expected.
# test: assert candidate([1, 2, 3]) == {0: [2], 1: [1, 3]}
from collections import defaultdict


def f(numbers):
    groups = defaultdict(list)
    for number in numbers:
        groups[number % 2].append(number)
    return groups
