# problem: probe
# verdict: runtime_error
# why: annotations are worked out where they stand, and the import comes after
# test: assert candidate(3) == 4
def f(n: List[int] = 1):
    return n + 1


from typing import List
