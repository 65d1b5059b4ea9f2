# problem: probe
# verdict: passed
# why: An honest float subclass.
# test: assert abs(candidate() - 1.5) < 1e-9
class Real(float):
    pass


def f():
    return Real(1.5)
