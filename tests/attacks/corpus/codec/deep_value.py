# problem: probe
# verdict: passed
# why: Nested fifty deep, there and back.
# test: value = []
# test: for _ in range(50):
# test:     value = [value]
# test: assert candidate(value) == value
def f(value):
    return value
