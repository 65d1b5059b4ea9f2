# problem: probe
# verdict: passed
# why: Complex numbers keep both parts.
# test: assert candidate(3 - 4j) == 3 - 4j
# test: assert abs(candidate(3 + 4j)) == 5.0
def f(value):
    return value
