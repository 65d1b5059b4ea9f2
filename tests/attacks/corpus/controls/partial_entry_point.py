# problem: add
# verdict: passed
# why: The entry point is a functools.partial of a builtin.
import functools
import operator

add = functools.partial(operator.add)
