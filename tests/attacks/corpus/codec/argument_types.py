# problem: probe
# verdict: passed
# why: Arguments arrive with their exact types.
# test: values = [True, 1, 1.0, "1", b"1", None, (1,), [1], {1}, {1: 1}, 1j, frozenset({1}), range(1), bytearray(b"1")]
# test: assert [candidate(value) for value in values] == [type(value).__name__ for value in values]
def f(value):
    return type(value).__name__
