# problem: probe
# verdict: passed
# why: Dicts keep their order and the types of their keys.
# test: value = {2: "b", 1: "a", "1": None, (1, 2): [], None: {}, True and 3: 4.5, b"k": 1, frozenset({1}): 2}
# test: assert candidate(value) == value and list(candidate(value)) == list(value)
def f(value):
    return value
