# problem: probe
# verdict: passed
# why: A set equals a frozenset of the same members.
# test: assert candidate() == frozenset([1, 2])
def f():
    return {1, 2}
