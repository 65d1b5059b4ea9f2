# problem: probe
# verdict: wrong_answer
# why: array.array does not equal a list.
# test: assert candidate() == [1, 2]
from array import array


def f():
    return array("i", [1, 2])
